import fc from 'fast-check'

import { isCancelled } from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import {
  CancelScope,
  createTask,
  openChannel,
  run,
  sleep,
  timeout,
  type ReceiveChannel,
  type SendChannel,
  type Started,
  type Task,
} from '@tsyncio/tasks'
import {
  asyncFunctions,
  generators,
  type Script,
  type Spelling,
} from '@tsyncio/tasks/testing/vitest'
import { describe, expect, it } from 'vitest'

type Operation =
  | { readonly kind: 'send' | 'receive' | 'sendNowait' | 'receiveNowait' | 'turn' }
  | { readonly kind: 'cancel' | 'abort' | 'scope'; readonly whom: number }
  | { readonly kind: 'clone' | 'close'; readonly side: 'send' | 'receive'; readonly which: number }
  | { readonly kind: 'brief'; readonly side: 'send' | 'receive'; readonly delay: number }

const side = fc.constantFrom('send' as const, 'receive' as const)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('send' as const, 'receive' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('sendNowait' as const, 'receiveNowait' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'abort' as const, 'scope' as const),
      whom: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('clone' as const, 'close' as const),
      side,
      which: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('brief' as const), side, delay: fc.nat(3) }),
  },
)

interface Actor {
  readonly task: Task
  readonly controller: AbortController
  readonly scope: CancelScope
}

/** Does what it is told with one channel, and keeps a record of every value. */
class Model {
  readonly #spelling: Spelling
  readonly #actors: Actor[] = []
  readonly #senders: SendChannel<number>[]
  readonly #receivers: ReceiveChannel<number>[]
  #next = 0
  /** In the order in which they were to be sent. */
  readonly offered: number[] = []
  /** Those whose send returned. */
  readonly sent = new Set<number>()
  readonly received: number[] = []
  readonly strange: unknown[] = []

  constructor(spelling: Spelling, capacity: number) {
    this.#spelling = spelling
    const [send, receive] = openChannel<number>(capacity)
    this.#senders = [send]
    this.#receivers = [receive]
  }

  body<T, A extends unknown[]>(script: Script<T, A>): (...args: A) => Started {
    return this.#spelling.body(script)
  }

  *play(operations: readonly Operation[]): Generator<unknown, void, unknown> {
    const { wait } = this.#spelling
    for (const each of operations) {
      if (each.kind === 'turn') yield* wait(sleep(0))
      else this.#do(each)
    }
    // Whoever still receives may; then everything that is left is taken out.
    yield* wait(sleep(10))
    this.#requireNobodyWaitsInVain()
    for (const { task } of this.#actors) task.cancel()
    yield* wait(sleep(0))
    yield* wait(sleep(0))
    yield* wait(sleep(0))
    for (const end of this.#receivers) {
      while (!end.closed) {
        try {
          this.received.push(end.receiveNowait())
        } catch {
          break
        }
      }
    }
  }

  get receivable(): boolean {
    return this.#receivers.some((end) => !end.closed)
  }

  get waiting(): number {
    const { tasksWaitingReceive, tasksWaitingSend } = this.#sender(0).statistics()
    return tasksWaitingReceive + tasksWaitingSend
  }

  #requireNobodyWaitsInVain(): void {
    const { buffered, capacity, tasksWaitingSend, tasksWaitingReceive } =
      this.#sender(0).statistics()
    if (tasksWaitingReceive > 0) expect([buffered, tasksWaitingSend]).toEqual([0, 0])
    if (tasksWaitingSend > 0) expect(buffered).toBeGreaterThanOrEqual(capacity)
  }

  #do(operation: Operation): void {
    try {
      this.#attempt(operation)
    } catch (error) {
      this.#expected(error)
    }
  }

  #attempt(operation: Operation): void {
    switch (operation.kind) {
      case 'send':
      case 'receive':
        return this.#act(operation.kind, undefined)
      case 'brief':
        return this.#act(operation.side, operation.delay)
      case 'sendNowait': {
        const value = this.#next++
        this.offered.push(value)
        this.#sender(value).sendNowait(value)
        this.sent.add(value)
        return
      }
      case 'receiveNowait':
        this.received.push(this.#receiver(this.#next).receiveNowait())
        return
      case 'cancel':
        return void this.#actor(operation.whom)?.task.cancel()
      case 'abort':
        return this.#actor(operation.whom)?.controller.abort(new Error('aborted'))
      case 'scope':
        return this.#actor(operation.whom)?.scope.cancel()
      case 'clone': {
        const { which } = operation
        if (operation.side === 'send') this.#senders.push(this.#sender(which).clone())
        else this.#receivers.push(this.#receiver(which).clone())
        return
      }
      case 'close':
        if (operation.side === 'send') return this.#sender(operation.which).close()
        return this.#receiver(operation.which).close()
      case 'turn':
    }
  }

  #sender(n: number): SendChannel<number> {
    return this.#senders[n % this.#senders.length] as SendChannel<number>
  }

  #receiver(n: number): ReceiveChannel<number> {
    return this.#receivers[n % this.#receivers.length] as ReceiveChannel<number>
  }

  #actor(n: number): Actor | undefined {
    return this.#actors[this.#actors.length - 1 - n]
  }

  #act(what: 'send' | 'receive', limit: number | undefined): void {
    const { wait } = this.#spelling
    const controller = new AbortController()
    const scope = new CancelScope()
    const { signal } = controller
    const value = this.#next++
    const sender = this.#sender(value)
    const receiver = this.#receiver(value)
    const once = this.body(
      function* (this: Model): Generator<unknown, void, unknown> {
        if (what === 'send') {
          this.offered.push(value)
          yield* wait(sender.send(value, { signal }))
          this.sent.add(value)
        } else this.received.push(yield* wait(receiver.receive({ signal })))
      }.bind(this),
    )
    const limited = limit === undefined ? once : () => timeout(limit, once)
    const script = this.body(
      function* (this: Model): Generator<unknown, void, unknown> {
        try {
          yield* wait(scope.run(limited))
        } catch (error) {
          this.#expected(error)
        }
      }.bind(this),
    )
    this.#actors.push({ task: createTask(script), controller, scope })
  }

  #expected(error: unknown): void {
    const expected = /^(EndOfChannel|BrokenChannelError|ClosedError|WouldBlockError|TimeoutError)$/
    const { name, message } = error as Error
    if (!isCancelled(error) && !expected.test(name) && message !== 'aborted')
      this.strange.push(error)
  }
}

async function play(
  spelling: Spelling,
  capacity: number,
  operations: readonly Operation[],
): Promise<void> {
  const model = new Model(spelling, capacity)
  await run(
    model.body(() => model.play(operations)),
    { clock: new VirtualClock() },
  )
  expect(model.strange).toEqual([])
  expect(model.waiting).toBe(0)
  // In the order of the sends, none twice; what is missing was dropped by the last receiver.
  const sent = model.offered.filter((value) => model.sent.has(value))
  expect(model.received).toEqual(model.receivable ? sent : sent.slice(0, model.received.length))
}

describe('whatever is cancelled when, each value that was sent is received once', () => {
  for (const spelling of [generators, asyncFunctions]) {
    it(`in ${spelling.name} spelling`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(0, 0, 1, 2, Infinity),
          fc.array(operation, { maxLength: 40 }),
          (capacity, operations) => play(spelling, capacity, operations),
        ),
        { numRuns: 400, seed: 1 },
      )
    }, 60_000)
  }
})
