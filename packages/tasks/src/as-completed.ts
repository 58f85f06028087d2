import { getEventLoop, type EventLoop, type Future, type TimerHandle } from '@tsyncio/loop'

import { abortable, requireSignal } from './abortable.js'
import { coroutine, type Coroutine, type Gen } from './coroutine.js'
import {
  ensureFuture,
  type Awaitable,
  type AwaitableFuture,
  type AwaitableResult,
} from './ensure-future.js'
import { Queue } from './queue.js'
import { requireDeadline } from './require-deadline.js'
import { requireSeveral } from './require-several.js'
import { TimeoutError } from './timeout-error.js'

export interface AsCompletedOptions {
  /** Milliseconds after which waiting for what is late throws a TimeoutError; null, the default, for never. */
  readonly timeout?: number | null | undefined
  /** Ends the waits when it is aborted: they throw the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * What {@link asCompleted} gives. However it is iterated, and by how many, each one that
 * is done is given once.
 */
export interface AsCompleted<A extends Awaitable> {
  /** A coroutine for each: it gives the result of the next one that is done, or throws. */
  [Symbol.iterator](): IterableIterator<Coroutine<AwaitableResult<A>>>
  /**
   * The tasks and futures themselves, each when it is done; in an array of one, since
   * `for await` takes the elements for results. A generator, which has no `for await`,
   * takes `yield* iterator.next()`.
   */
  [Symbol.asyncIterator](): {
    next(): Coroutine<IteratorResult<readonly [AwaitableFuture<A>], undefined>>
  }
}

/** What is done comes through a queue; what is late, as null. */
class Completions {
  readonly #done = new Queue<Future | null>()
  readonly #todo: Set<Future>
  readonly #timer: TimerHandle | undefined
  readonly #onDone = (future: Future): void => this.#arrive(future)
  #unclaimed: number

  constructor(loop: EventLoop, futures: Set<Future>, timeout: number | null) {
    this.#todo = futures
    this.#unclaimed = futures.size
    for (const future of futures) future.addDoneCallback(this.#onDone)
    if (timeout !== null && futures.size > 0)
      this.#timer = loop.callLater(timeout, () => this.#giveUp())
  }

  /** Claims the next one that is done; undefined when all are claimed. */
  claim(): Gen<Future> | undefined {
    if (this.#unclaimed === 0) return undefined
    this.#unclaimed--
    return this.#next()
  }

  *#next(): Gen<Future> {
    const future = yield* this.#done.get()
    if (future === null) throw new TimeoutError('The time was up.')
    return future
  }

  #arrive(future: Future): void {
    if (!this.#todo.delete(future)) return
    this.#done.putNowait(future)
    if (this.#todo.size === 0) this.#timer?.cancel()
  }

  #giveUp(): void {
    for (const future of this.#todo) {
      future.removeDoneCallback(this.#onDone)
      this.#done.putNowait(null)
    }
    this.#todo.clear()
  }
}

function* resultOf(next: Gen<Future>): Gen<unknown> {
  return (yield* next).result()
}

function* stepOf(next: Gen<Future> | undefined): Gen<IteratorResult<readonly [Future], undefined>> {
  if (next === undefined) return { done: true, value: undefined }
  return { done: false, value: [yield* next] }
}

class CompletionIterable implements AsCompleted<Future> {
  readonly #completions: Completions
  readonly #signal: AbortSignal | undefined

  constructor(completions: Completions, signal: AbortSignal | undefined) {
    this.#completions = completions
    this.#signal = signal
  }

  *[Symbol.iterator](): Generator<Coroutine<unknown>, undefined, unknown> {
    for (let next; (next = this.#completions.claim()) !== undefined;)
      yield coroutine(abortable(this.#signal, resultOf(next)))
    return undefined
  }

  [Symbol.asyncIterator](): {
    next(): Coroutine<IteratorResult<readonly [Future], undefined>>
  } {
    return { next: () => coroutine(abortable(this.#signal, stepOf(this.#completions.claim()))) }
  }
}

/**
 * Gives what is done as it gets done (asyncio's `as_completed`). Coroutines and functions
 * become tasks now; one given twice counts once. Iterated plainly, in either spelling, it
 * gives coroutines to wait for, and with `for await` the tasks and futures themselves.
 * Nothing is cancelled: not by the timeout, nor by leaving early.
 *
 * @throws TypeError for what cannot be waited for, and for futures of another loop.
 * @example
 * ```ts
 * import { asCompleted, createTask, run, sleep } from 'tsyncio'
 *
 * await run(async () => {
 *   for (const next of asCompleted([sleep(20, 'slow'), sleep(1, 'quick')])) {
 *     console.log(await next)
 *   }
 *   // quick
 *   // slow
 *
 *   const a = createTask(() => sleep(20))
 *   const b = createTask(() => sleep(1))
 *   for await (const [task] of asCompleted([a, b])) {
 *     console.log(task === b ? 'b' : 'a')
 *   }
 *   // b
 *   // a
 * })
 * ```
 */
export function asCompleted<A extends Awaitable>(
  awaitables: Iterable<A>,
  options: AsCompletedOptions = {},
): AsCompleted<A> {
  const { timeout = null, signal } = options
  requireDeadline(timeout)
  requireSignal(signal)
  const given = new Set(requireSeveral(awaitables, 'asCompleted()'))
  const loop = getEventLoop()
  const futures = new Set(Array.from(given, (each): Future => ensureFuture(each, { loop })))
  return new CompletionIterable(new Completions(loop, futures, timeout), signal) as AsCompleted<A>
}
