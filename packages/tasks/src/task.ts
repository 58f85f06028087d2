import {
  Context,
  currentLoop,
  Future,
  getRunningLoop,
  InvalidStateError,
  isCancelled,
  type EventLoop,
  type Runnable,
  type Suspend,
} from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { makeScope, type StepScope } from './async-context.js'
import { outsideFrames } from './async-frame.js'
import type { CancelScope } from './cancel-scope.js'
import { isCoroutine, type Gen, type Started, type Work } from './coroutine.js'
import { requireStrand, strandOf } from './current-strand.js'
import { ScopeCancelledError } from './scope-cancelled-error.js'
import { isGenerator, startBody } from './start-body.js'
import { Strand } from './strand.js'
import { register, unregister } from './task-registry.js'

let counter = 0

export interface TaskOptions {
  readonly loop?: EventLoop
  /** Default: `Task-N`. */
  readonly name?: string
  /** Default: a copy of the current context. */
  readonly context?: Context
  /** The cancel scope in which the task works: that of its group. */
  readonly scope?: CancelScope | undefined
  /**
   * Takes the first step at once, in place of the next turn, if the loop is the running
   * one. The task may be done then; a failure is the task's, and not thrown here.
   */
  readonly eagerStart?: boolean | undefined
  /** Ends the work when it is aborted: the task then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

type Steps = Iterator<Suspend, unknown, unknown>
type Body = () => Started

// How a strand tells its task of the end, without an object in between for each.
let finished: (task: Task, value: unknown) => void
let failed: (task: Task, error: unknown) => void

/** The strand of a task itself, as opposed to the branches of its async functions. */
class TaskStrand extends Strand {
  readonly task: Task
  readonly #scope = outsideFrames(makeTaskScope)
  readonly #body: Body | undefined

  constructor(task: Task, steps: Steps | undefined, body: Body | undefined) {
    super(task.getLoop(), steps)
    this.task = task
    this.#body = body
  }

  override get bodyName(): string | undefined {
    return this.#body?.name
  }

  protected override begin(): Steps {
    return startBody(this, this.#body as Body)[Symbol.iterator]()
  }

  protected finish(value: unknown): void {
    finished(this.task, value)
  }

  protected fail(error: unknown): void {
    failed(this.task, error)
  }

  protected enter(delivers: boolean): void {
    this.stepWithin(this.#scope, delivers)
  }
}

function makeTaskScope(): StepScope {
  return makeScope('tsyncio.Task')
}

/** The steps of work that has begun, or can without being called. */
function stepsOf(work: Exclude<Work, Body>): Steps {
  if (isCoroutine(work)) return work[Symbol.iterator]()
  if (isGenerator(work)) return work
  throw new TypeError(
    `Expected a coroutine, a generator or a function, got ${String(work)}. ` +
      'Pass an async function as a function: () => work().',
  )
}

function* called(body: Body): Gen<unknown> {
  return yield* startBody(requireStrand('A task'), body)
}

/**
 * A coroutine that runs on its own (asyncio's `Task`). Hot: it takes its first step in
 * the next turn of its loop.
 *
 * `cancel()` throws a `CancelledError` at the wait at which the task is, in both
 * spellings; the task may clean up, wait meanwhile, and even go on. It has been cancelled
 * when the error leaves it.
 *
 * @example
 * ```ts
 * import { createTask, isCancelled, run, sleep } from 'tsyncio'
 *
 * await run(function* () {
 *   const task = createTask(() => sleep(60_000))
 *   yield* sleep(1)
 *   task.cancel()
 *   try {
 *     yield* task
 *   } catch (error) {
 *     console.log(isCancelled(error)) // true
 *   }
 * })
 * ```
 */
export class Task<out T = unknown> extends Future<T> {
  static {
    finished = (task, value) => task.#finish(value)
    failed = (task, error) => task.#fail(error)
  }
  readonly #strand: TaskStrand
  /** Where it is among the running tasks of its loop: kept by those. */
  place = 0
  readonly #context: Context
  /** The number of a task that nobody has named. */
  #name: string | number

  constructor(work: Work, options: TaskOptions = {}, loop = options.loop ?? getRunningLoop()) {
    super({ loop })
    if (loop.isClosed()) throw new InvalidStateError('The loop is closed.')
    const { name, signal, scope } = options
    this.#name = name === undefined ? ++counter : String(name)
    this.#context = options.context ?? Context.current.copy()
    this.#strand = this.#makeStrand(work, signal)
    scope?.add(this.#strand)
    register(this)
    if (options.eagerStart === true && currentLoop() === loop) this.#strand.resume()
    else loop.schedule(this.#strand)
  }

  get name(): string {
    return typeof this.#name === 'number' ? `Task-${this.#name}` : this.#name
  }

  set name(name: string) {
    this.#name = String(name)
  }

  getContext(): Context {
    return this.#context
  }

  /** The strand that drives the task: what graphs and reports start from. */
  get strand(): Strand {
    return this.#strand
  }

  /**
   * Aborted at the moment in which the task is cancelled: pass it to `fetch` and the like,
   * which otherwise would not hear of it. Read inside a `timeout` or a group it belongs to
   * that, and is aborted with it. The reason is the CancelledError.
   */
  get signal(): AbortSignal {
    return (strandOf(this) ?? this.#strand).signal
  }

  /**
   * Asks the task to end: throws a CancelledError at its wait, or at the next one. False
   * if it was done already. Each call is delivered once.
   */
  override cancel(message?: string): boolean {
    return this.done() ? super.cancel() : this.#strand.cancel(message)
  }

  override get cancelMessage(): string | undefined {
    return this.cancelled() ? super.cancelMessage : this.#strand.cancelMessage
  }

  /** How many requests to cancel there are that nobody took back. */
  cancelling(): number {
    return strandOf(this)?.cancelling() ?? this.#strand.requestsWithin()
  }

  /** Takes back one request to cancel, after its CancelledError was caught on purpose. */
  uncancel(): number {
    return strandOf(this)?.uncancelOutermost() ?? this.#strand.uncancelWithin()
  }

  /** A scope around the task was cancelled, and ends it: it need not be asked to. */
  isInterrupted(): boolean {
    return this.#strand.scope?.cancelledBy() !== undefined
  }

  override addWaiter(waiter: Runnable): void {
    if (waiter instanceof Strand && waiter.task === this) {
      throw new InvalidStateError(`${this.toString()} cannot wait for itself.`)
    }
    super.addWaiter(waiter)
  }

  override setResult(): never {
    throw new InvalidStateError(`${this.toString()} gets its result from its coroutine.`)
  }

  override setException(): never {
    throw new InvalidStateError(`${this.toString()} gets its result from its coroutine.`)
  }

  protected override describe(): string {
    return `${this.name} ${super.describe()}`
  }

  #makeStrand(work: Work, signal: AbortSignal | undefined): TaskStrand {
    const steps = typeof work === 'function' ? undefined : stepsOf(work)
    if (signal === undefined) {
      return new TaskStrand(this, steps, steps === undefined ? (work as Body) : undefined)
    }
    return new TaskStrand(this, abortable(signal, steps ?? called(work as Body)), undefined)
  }

  #end(): void {
    unregister(this)
    this.#strand.scope?.remove(this.#strand)
  }

  #finish(value: unknown): void {
    this.#end()
    // Cancelled in its very last step: nobody is left who could have been told.
    if (this.#strand.mustCancel) this.settleCancelled(this.#strand.cancelMessage)
    else this.settleResult(value as T)
  }

  #fail(error: unknown): void {
    this.#end()
    // Whose scope it was is nobody's business outside of it.
    if (error instanceof ScopeCancelledError) this.settleCancelled(error.message)
    else if (isCancelled(error)) this.settleCancelled(undefined, error)
    else this.settleException(error)
  }
}
