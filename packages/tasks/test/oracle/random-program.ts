import type { Action, Caught, Member, Program, ReturnWhen, Statement } from './program.js'
import { randomSubject, type Subject } from './random-sync.js'
import { Random } from './random.js'

const deepest = 5
const mostActions = 3

type Choices<T> = (readonly [weight: number, make: () => T])[]

/** Makes one program at random, the same for the same seed. */
class ProgramMaker {
  readonly #random: Random
  /** Few things in each program, so that many tasks want the same. */
  readonly #subjects: readonly Subject[]
  readonly #eager: boolean
  /** What is left to be made: nothing that contains others, when it is used up. */
  #budget: number
  #depth = 0
  #tasks = 0
  #callbacks = 0
  /** The groups and timeouts around what is being made. */
  readonly #groups: string[] = []
  readonly #timeouts: string[] = []

  constructor(seed: number) {
    const random = new Random(seed)
    this.#random = random
    this.#budget = 30 + random.below(90)
    this.#eager = random.chance(0.25)
    this.#subjects = Array.from({ length: random.below(3) }, () =>
      randomSubject(random, () => this.#body()),
    )
  }

  /** What the first task does; first it makes some others. */
  program(): Program {
    const others = Array.from({ length: 1 + this.#random.below(4) }, () => this.#spawn())
    return [...others, ...this.#course()]
  }

  /** What a task does: it goes on after most errors, since it would see little else. */
  #course(): Program {
    const length = 1 + this.#random.below(this.#depth < 2 ? 7 : 4)
    return Array.from({ length }, () => this.#statements())
      .flat()
      .map((statement) => this.#careful(statement))
  }

  #careful(statement: Statement): Statement {
    if (!isFallible(statement) || this.#random.chance(0.3)) return statement
    const only = this.#random.oneOf<Caught>(['errors', 'everything'])
    return { op: 'catch', only, body: [statement], handler: [] }
  }

  #body(): Program {
    this.#depth++
    const length = 1 + this.#random.below(Math.max(deepest - this.#depth, 1))
    const body = Array.from({ length }, () => this.#statements()).flat()
    this.#depth--
    return body
  }

  #statements(): Program {
    this.#budget--
    if (this.#random.chance(0.1)) return this.#gatherAndAwait()
    const isFull = this.#budget < 0 || this.#depth >= deepest
    return [
      this.#one<Statement>([
        [34, () => this.#wait()],
        [30, () => this.#action()],
        [isFull ? 0 : 26, () => this.#flow()],
        [3, () => ({ op: 'throw', error: this.#pick('x', 'y', 'timeout', 'cancelled') })],
        [2, () => ({ op: 'return', value: this.#pick('p', 'q') })],
      ]),
    ]
  }

  #wait(): Statement {
    const random = this.#random
    return this.#one<Statement>([
      [6, () => ({ op: 'sleep', delay: random.below(5) })],
      [1, () => ({ op: 'sleep', delay: 5 + random.below(60) })],
      [6, () => ({ op: 'await', on: this.#awaitable() })],
      [2, () => this.#waitForSome()],
      [2, () => ({ op: 'waitFor', of: this.#member(), timeout: this.#delay() })],
      [2, () => this.#asCompleted()],
      [2, () => ({ op: 'nextCompleted', on: 'completions0', plain: random.chance(0.5) })],
      [this.#subjects.length * 14, () => random.oneOf(this.#subjects).wait()],
    ])
  }

  #waitForSome(): Statement {
    const of = this.#several(1, 3, () => this.#awaitable())
    const returnWhen: ReturnWhen = this.#pick('FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED')
    return { op: 'wait', of, timeout: this.#delay(), returnWhen }
  }

  #asCompleted(): Statement {
    const of = this.#several(0, 3, () => this.#member())
    return { op: 'asCompleted', of, timeout: this.#delay(), plain: this.#random.chance(0.5) }
  }

  #flow(): Statement {
    const random = this.#random
    return this.#one<Statement>([
      [4, () => this.#catch()],
      [3, () => ({ op: 'finally', body: this.#body(), last: this.#body() })],
      [1, () => ({ op: 'repeat', times: 2 + random.below(2), body: this.#body() })],
      [2, () => ({ op: this.#pick('call', 'coroutine'), body: this.#body() })],
      [5, () => this.#timeout()],
      [6, () => this.#group()],
      [2, () => this.#stubborn()],
    ])
  }

  #catch(): Statement {
    const only = this.#pick<Caught>('errors', 'cancellations', 'everything')
    const handler = this.#random.chance(0.5) ? [] : this.#body()
    const rethrow = this.#random.chance(0.3) ? { rethrow: true } : {}
    return { op: 'catch', only, body: this.#body(), handler, ...rethrow }
  }

  /** Swallows its cancellation, and may take it back. */
  #stubborn(): Statement {
    const handler: Program = this.#random.chance(0.5) ? [{ op: 'uncancel', on: this.#task() }] : []
    return { op: 'catch', only: 'cancellations', body: this.#body(), handler }
  }

  #timeout(): Statement {
    const op = this.#random.chance(0.8) ? 'timeout' : 'timeoutAt'
    const name = this.#name('timeout')
    this.#timeouts.push(name)
    const body = this.#body()
    this.#timeouts.pop()
    return { op, name, delay: this.#delay(), body }
  }

  #group(): Statement {
    const name = this.#name('group')
    this.#groups.push(name)
    const members = this.#several(0, 3, () => this.#spawn())
    const body = this.#body()
    this.#groups.pop()
    return { op: 'group', name, body: [...members, ...body] }
  }

  #action(): Action {
    return this.#one<Action>([
      [8, () => this.#spawn()],
      [14, () => this.#request()],
      [10, () => this.#schedule()],
      [1, () => this.#gather()],
      [1, () => this.#shield()],
      [2, () => this.#completions()],
      [3, () => this.#variable()],
      [this.#subjects.length * 10, () => this.#random.oneOf(this.#subjects).action()],
    ])
  }

  /** What is done to others. */
  #request(): Action {
    return this.#one<Action>([
      [6, () => this.#cancel(this.#task())],
      [2, () => this.#cancel(this.#awaitable())],
      [3, () => ({ op: 'set', on: this.#name('future') })],
      [1, () => ({ op: 'fail', on: this.#name('future') })],
      [1, () => ({ op: 'future', name: this.#name('future') })],
      [1, () => ({ op: 'uncancel', on: this.#task() })],
      [1, () => ({ op: 'cancelling', on: this.#task() })],
      [1, () => ({ op: 'state', on: this.#awaitable() })],
      [1, () => ({ op: 'whoami' })],
      [2, () => ({ op: 'reschedule', on: this.#inner('timeout'), delay: this.#delay() })],
      [1, () => ({ op: 'unschedule', name: this.#callback('callback') })],
      [1, () => ({ op: 'unwatch', on: this.#awaitable(), name: this.#callback('watcher') })],
    ])
  }

  #spawn(): Action {
    const { name, body } = this.#newTask()
    const eagerly = this.#eager && this.#random.chance(0.5)
    const context = !eagerly && this.#random.chance(0.2) ? { context: this.#name('context') } : {}
    if (this.#groups.length === 0 || this.#random.chance(0.3))
      return { op: eagerly ? 'spawnEagerly' : 'spawn', name, body, ...context }
    const op = eagerly ? 'spawnInGroupEagerly' : 'spawnInGroup'
    return { op, on: this.#inner('group'), name, body, ...context }
  }

  #schedule(): Action {
    const random = this.#random
    const number = this.#callbacks++
    const name = `callback${number}`
    const act = this.#several(1, mostActions, () =>
      random.chance(0.5) ? this.#request() : this.#action(),
    )
    const raises = random.chance(0.1) ? { raises: true } : {}
    const context = random.chance(0.2) ? { context: this.#name('context') } : {}
    const on = this.#awaitable()
    return this.#one<Action>([
      [3, () => ({ op: 'soon', name, turns: random.below(4), act, ...raises, ...context })],
      [3, () => ({ op: 'later', name, delay: random.below(6), act, ...raises })],
      [1, () => ({ op: 'at', name, delay: random.below(6), act, ...raises })],
      [2, () => ({ op: 'watch', on, name: `watcher${number}`, act, ...raises, ...context })],
    ])
  }

  #variable(): Action {
    const on = this.#name('variable', 2)
    return this.#one<Action>([
      [3, () => ({ op: 'setVariable', on, name: this.#name('token', 2), value: this.#letter() })],
      [3, () => ({ op: 'getVariable', on })],
      [3, () => ({ op: 'resetVariable', on: this.#name('token', 2) })],
      [1, () => ({ op: 'context', name: this.#name('context') })],
    ])
  }

  #gatherAndAwait(): Program {
    const made = this.#random.chance(0.7) ? this.#gather() : this.#shield()
    return [made, { op: 'await', on: (made as { name: string }).name }]
  }

  #gather(): Action {
    const of = this.#several(0, 3, () => this.#member())
    const returnExceptions = this.#random.chance(0.5)
    return { op: 'gather', name: this.#name('gather'), of, returnExceptions }
  }

  #completions(): Action {
    const of = this.#several(1, 4, () => this.#member())
    return { op: 'completions', name: 'completions0', of, timeout: this.#delay() }
  }

  #shield(): Action {
    return { op: 'shield', name: this.#name('shield'), of: this.#member() }
  }

  #cancel(on: string): Action {
    const message = this.#random.chance(0.3) ? { message: this.#letter() } : {}
    return { op: 'cancel', on, ...message }
  }

  #newTask(): { name: string; body: Program } {
    const name = `task${++this.#tasks}`
    if (this.#budget < 0) return { name, body: [this.#wait()] }
    this.#depth++
    const body = this.#course()
    this.#depth--
    return { name, body }
  }

  #member(): Member {
    return this.#random.chance(0.5) ? this.#newTask() : this.#awaitable()
  }

  #awaitable(): string {
    return this.#one([
      [6, () => this.#task()],
      [3, () => this.#name('future')],
      [1, () => this.#name('gather')],
      [1, () => this.#name('shield')],
    ])
  }

  #task(): string {
    return `task${this.#random.below(this.#tasks + 1)}`
  }

  #callback(kind: string): string {
    return `${kind}${this.#random.below(this.#callbacks + 1)}`
  }

  /** Mostly one that is open here. */
  #inner(kind: 'group' | 'timeout'): string {
    const open = kind === 'group' ? this.#groups : this.#timeouts
    return open.length > 0 && this.#random.chance(0.8) ? this.#random.oneOf(open) : this.#name(kind)
  }

  #name(kind: string, count = 3): string {
    return `${kind}${this.#random.below(count)}`
  }

  #delay(): number | null {
    return this.#pick(null, -1, 0, 1, 1, 2, 3, 4)
  }

  #letter(): string {
    return this.#pick('a', 'b', 'c')
  }

  #pick<T>(...choices: T[]): T {
    return this.#random.oneOf(choices)
  }

  #one<T>(choices: Choices<T>): T {
    return this.#random.weighted(choices)()
  }

  #several<T>(fewest: number, most: number, make: () => T): T[] {
    return Array.from({ length: fewest + this.#random.below(most - fewest + 1) }, make)
  }
}

/** Whether it may throw. */
function isFallible({ op }: Statement): boolean {
  return !['return', 'catch', 'sleep', 'spawn', 'cancel', 'soon', 'later'].includes(op)
}

/** A program made at random, the same for the same seed. */
export function randomProgram(seed: number): Program {
  return new ProgramMaker(seed).program()
}
