import { isCancelled, InvalidStateError, type Future } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { cancelAgain } from './cancel-again.js'
import { isOfScopeAround, type CancelScope } from './cancel-scope.js'
import { closeWork } from './close-work.js'
import { CompletingWait } from './completing-wait.js'
import {
  coroutine,
  type Coroutine,
  type Gen,
  type Out,
  type Result,
  type Started,
  type Work,
} from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { ExceptionGroup } from './exception-group.js'
import { GroupLimit, type Seat } from './group-limit.js'
import { GroupStart } from './group-start.js'
import { KeyboardInterrupt } from './keyboard-interrupt.js'
import { outcomeOf } from './outcome-of.js'
import { startBody } from './start-body.js'
import type { Strand } from './strand.js'
import { makeTask } from './task-factory.js'
import type { Task, TaskOptions } from './task.js'
import { Watch } from './watch.js'

export interface TaskGroupOptions {
  /**
   * How many tasks of the group run at once; default: all. The others wait in line, before
   * they begin, in the order in which they were made.
   */
  readonly limit?: number
  /** Ends the group and all that is in it when it is aborted: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

type TaskOfGroupOptions = Omit<TaskOptions, 'loop' | 'scope'>
type Outcome = { readonly value: unknown } | { readonly error: unknown }

/**
 * The tasks of a running {@link taskGroup}: what its body gets.
 */
export class TaskGroup {
  readonly #parent: Strand
  readonly #scope: CancelScope | undefined
  readonly #limit: GroupLimit | undefined
  readonly #tasks = new Set<Task>()
  readonly #starts = new Map<Task, Pick<GroupStart<unknown>, 'told' | 'ended'>>()
  #errors: unknown[] = []
  #interrupt: { readonly error: KeyboardInterrupt } | undefined
  #exiting = false
  #aborting = false
  #cancelledParent = false
  #allDone: Future<void> | undefined

  constructor(parent: Strand, limit = Infinity) {
    this.#parent = parent
    this.#scope = parent.scope
    if (limit < Infinity) this.#limit = new GroupLimit(limit)
  }

  /**
   * Starts a task that the group waits for. If it fails, the group's other tasks and its
   * body are cancelled. Above the group's limit, the task is there but does not begin until
   * another one has ended; cancelled meanwhile, it never does.
   *
   * @throws InvalidStateError once the group has ended, or is being ended by a failure or
   *   by {@link cancel}. The work is then closed.
   */
  createTask<W extends Work>(work: W, options: TaskOfGroupOptions = {}): Task<Result<W>> {
    try {
      this.#requireOpen()
    } catch (error) {
      closeWork(work)
      throw error
    }
    return this.#add(work, options)
  }

  /**
   * Starts a task and waits until it says, by calling `started(value)`, that it is ready;
   * gives the value. The task then lives on in the group.
   *
   * Until then its failure is thrown here, and not by the group. Cancelling the wait cancels
   * the task, waits for its end, and throws; if it has called `started` already, the value
   * is given, and the cancellation comes at the next wait. So the task is running if, and
   * only if, this returned. A `signal` that is aborted before does the same, and throws its
   * reason.
   *
   * @throws InvalidStateError if the task ended without calling `started`; what
   *   {@link createTask} throws.
   * @example
   * ```ts
   * import { run, sleep, taskGroup } from 'tsyncio'
   *
   * await run(function* () {
   *   yield* taskGroup(function* (group) {
   *     const port = yield* group.start(function* (started: (port: number) => void) {
   *       yield* sleep(1)
   *       started(8080)
   *       yield* sleep(60_000)
   *     })
   *     console.log(port) // 8080
   *     group.cancel()
   *   })
   * })
   * ```
   */
  start<T = void>(
    body: (started: (value: T) => void) => Started,
    { signal, ...options }: TaskOfGroupOptions & { readonly signal?: AbortSignal | undefined } = {},
  ): Coroutine<T> {
    if (typeof body !== 'function') throw new TypeError(`Expected a function, got ${typeof body}.`)
    return coroutine(abortable(signal, this.#start(body, options)))
  }

  /**
   * Ends the group without an error: cancels its tasks and its body, and takes no more
   * tasks. What they throw meanwhile is still thrown by the group. Does nothing if the group
   * is ending or has ended.
   */
  cancel(): void {
    if (this.#aborting || (this.#exiting && this.#tasks.size === 0)) return
    this.#abort(undefined)
    this.#cancelParent()
  }

  /** The body has ended: waits for the tasks, and gives the result or throws. */
  *exit(outcome: Outcome): Gen<unknown> {
    this.#exiting = true
    const bodyFailed = 'error' in outcome
    if (bodyFailed) this.#noteInterrupt(outcome.error)
    let cancellation = bodyFailed && isCancelled(outcome.error) ? outcome : undefined
    if (bodyFailed) this.#abort(outcome.error)
    let whileEnding: { readonly error: unknown } | undefined
    const shield = new CompletingWait(this.#parent)
    while (this.#tasks.size > 0) {
      this.#allDone = this.#parent.loop.createFuture<void>()
      try {
        yield* this.#allDone
      } catch (error) {
        whileEnding = { error }
        if (!this.#aborting) cancellation = { error }
        this.#abort(error)
        shield.interrupted()
      }
    }
    shield.end()
    this.#allDone = undefined
    if (this.#interrupt !== undefined) this.#throwInterrupt(this.#interrupt.error)
    // What we asked of the parent ourselves is not a cancellation of the parent.
    if (this.#cancelledParent) {
      if (this.#parent.uncancel() > 0) cancellation ??= whileEnding
      else if (!isOfScopeAround(cancellation?.error, this.#parent)) cancellation = undefined
    }
    if (cancellation !== undefined && this.#errors.length === 0) throw cancellation.error
    if (bodyFailed && !isCancelled(outcome.error)) this.#errors.push(outcome.error)
    if (this.#errors.length > 0) this.#fail()
    return bodyFailed ? undefined : outcome.value
  }

  toString(): string {
    const state = this.#aborting ? 'ending' : this.#exiting ? 'waiting' : 'entered'
    return `<TaskGroup ${state} tasks=${this.#tasks.size} errors=${this.#errors.length}>`
  }

  #requireOpen(): void {
    if (this.#exiting && this.#tasks.size === 0)
      throw new InvalidStateError('The task group has ended: it takes no more tasks.')
    if (this.#aborting)
      throw new InvalidStateError('The task group is shutting down: it takes no more tasks.')
  }

  *#start<T>(body: (started: (value: T) => void) => Started, options: TaskOfGroupOptions): Gen<T> {
    const strand = requireStrand('group.start()')
    this.#requireOpen()
    const start = new GroupStart<T>(this.#parent.loop)
    const task = this.#add(() => body(start.started), options)
    this.#starts.set(task, start)
    return yield* start.wait(task, strand)
  }

  #add<W extends Work>(work: W, options: TaskOfGroupOptions): Task<Result<W>> {
    const { loop } = this.#parent
    const seat: Seat = {}
    const admitted = this.#limit?.admit(work, seat) ?? work
    const task = makeTask<Result<W>>(loop, admitted, { ...options, scope: this.#scope })
    this.#tasks.add(task)
    // Always in a turn to come, even if the task is done already (gh-128550).
    new Watch<Task>(task, this.#parent.task, (done) => {
      this.#onDone(done)
      seat.place?.[Symbol.dispose]()
    })
    // It may have begun at once, and have ended the group before it belonged to it (gh-155418).
    if (this.#aborting && !task.done()) task.cancel()
    return task
  }

  #fail(): never {
    cancelAgain(this.#parent)
    const errors = this.#errors
    this.#errors = []
    throw new ExceptionGroup('unhandled errors in a task group', errors)
  }

  #noteInterrupt(error: unknown): void {
    if (error instanceof KeyboardInterrupt) this.#interrupt ??= { error }
  }

  // Ctrl-C goes before everything else; what else went wrong is reported, not thrown.
  #throwInterrupt(interrupt: KeyboardInterrupt): never {
    for (const exception of this.#errors) {
      if (exception === interrupt) continue
      this.#parent.loop.callExceptionHandler({
        message: 'A task of a task group failed, while another was interrupted by Ctrl-C',
        exception,
      })
    }
    throw interrupt
  }

  // A scope around the group reaches the tasks by itself, and spares those that are shielded.
  #abort(error: unknown): void {
    if (this.#aborting || isOfScopeAround(error, this.#parent)) return
    this.#aborting = true
    for (const task of this.#tasks) if (!task.done()) task.cancel()
  }

  #cancelParent(): void {
    this.#cancelledParent = true
    this.#parent.cancel()
  }

  #onDone(task: Task): void {
    this.#tasks.delete(task)
    if (this.#tasks.size === 0 && this.#allDone?.done() === false) this.#allDone.setResult()
    const start = this.#starts.get(task)
    if (start !== undefined) {
      this.#starts.delete(task)
      if (!start.told) return start.ended()
    }
    if (task.cancelled()) return
    const outcome = outcomeOf(task)
    if (outcome.status === 'fulfilled') return
    this.#errors.push(outcome.reason)
    this.#noteInterrupt(outcome.reason)
    if (this.#aborting || this.#cancelledParent) return
    this.#abort(outcome.reason)
    this.#cancelParent()
  }
}

function* grouped<S extends Started>(
  body: (group: TaskGroup) => S,
  limit: number | undefined,
): Gen<Out<S>> {
  const parent = requireStrand('taskGroup()')
  const group = new TaskGroup(parent, limit)
  let outcome: Outcome
  try {
    outcome = { value: yield* startBody(parent, body, group) }
  } catch (error) {
    outcome = { error }
  }
  return (yield* group.exit(outcome)) as Out<S>
}

function requireLimit(limit: unknown): void {
  if (limit === undefined || limit === Infinity) return
  if (typeof limit !== 'number') throw new TypeError(`Expected a number, got ${typeof limit}.`)
  if (!Number.isInteger(limit) || limit < 1)
    throw new RangeError(`Expected a limit of at least one task, got ${limit}.`)
}

/**
 * Runs `body`, then waits until every task that was created in the group has ended: none
 * is left behind, whatever happens. If one fails, the others are cancelled, and all
 * failures are thrown together.
 *
 * @returns what the body returned; `undefined` if `group.cancel()` ended it before.
 * @throws ExceptionGroup with the errors of the tasks and the body.
 * @example
 * ```ts
 * import { run, sleep, taskGroup } from 'tsyncio'
 *
 * const sum = await run(async () =>
 *   taskGroup(async (group) => {
 *     const one = group.createTask(() => sleep(2, 1))
 *     const two = group.createTask(() => sleep(1, 2))
 *     return (await one) + (await two)
 *   }),
 * )
 * console.log(sum) // 3
 * ```
 */
export function taskGroup<S extends Started>(
  body: (group: TaskGroup) => S,
  options: TaskGroupOptions = {},
): Coroutine<Out<S>> {
  if (typeof body !== 'function') throw new TypeError(`Expected a function, got ${typeof body}.`)
  requireLimit(options.limit)
  return coroutine(abortable(options.signal, grouped(body, options.limit)))
}
