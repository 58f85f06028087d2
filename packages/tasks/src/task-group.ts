import { isCancelled, InvalidStateError, type Context, type Future } from '@tsyncio/loop'

import { isOfScopeAround, type CancelScope } from './cancel-scope.js'
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
import { outcomeOf } from './outcome-of.js'
import { startBody } from './start-body.js'
import type { Strand } from './strand.js'
import { Task } from './task.js'

type Outcome = { readonly value: unknown } | { readonly error: unknown }

/**
 * The tasks of a running {@link taskGroup}: what its body gets.
 */
export class TaskGroup {
  readonly #parent: Strand
  readonly #scope: CancelScope | undefined
  readonly #tasks = new Set<Task>()
  readonly #errors: unknown[] = []
  #exiting = false
  #aborting = false
  #cancelledParent = false
  #allDone: Future<void> | undefined

  constructor(parent: Strand) {
    this.#parent = parent
    this.#scope = parent.scope
  }

  /**
   * Starts a task that the group waits for. If it fails, the group's other tasks and its
   * body are cancelled.
   *
   * @throws InvalidStateError once the group has ended, or is being ended by a failure.
   */
  createTask<W extends Work>(
    work: W,
    options: { name?: string; context?: Context } = {},
  ): Task<Result<W>> {
    if (this.#exiting && this.#tasks.size === 0)
      throw new InvalidStateError('The task group has ended.')
    if (this.#aborting) throw new InvalidStateError('The task group is shutting down.')
    const { loop } = this.#parent
    const task = new Task<Result<W>>(work, { loop, scope: this.#scope, ...options })
    this.#tasks.add(task)
    task.addDoneCallback((done) => this.#onDone(done))
    return task
  }

  /** The body has ended: waits for the tasks, and gives the result or throws. */
  *exit(outcome: Outcome): Gen<unknown> {
    this.#exiting = true
    const bodyFailed = 'error' in outcome
    let cancellation = bodyFailed && isCancelled(outcome.error) ? outcome : undefined
    if (bodyFailed) this.#abort(outcome.error)
    const shield = new CompletingWait(this.#parent)
    while (this.#tasks.size > 0) {
      this.#allDone ??= this.#parent.loop.createFuture<void>()
      try {
        yield* this.#allDone
      } catch (error) {
        if (!isCancelled(error)) throw error
        if (!this.#aborting) cancellation = { error }
        this.#abort(error)
        shield.interrupted()
      }
      this.#allDone = undefined
    }
    shield.end()
    // What we asked of the parent ourselves is not a cancellation of the parent.
    if (this.#cancelledParent && this.#parent.uncancel() === 0) cancellation = undefined
    if (cancellation !== undefined && this.#errors.length === 0) throw cancellation.error
    if (bodyFailed && !isCancelled(outcome.error)) this.#errors.push(outcome.error)
    if (this.#errors.length > 0) this.#fail()
    return bodyFailed ? undefined : outcome.value
  }

  // Errors go before a cancellation from outside, which must not get lost by it: asking
  // again keeps the count and delivers it at the parent's next wait.
  #fail(): never {
    if (this.#parent.cancelling() > 0) {
      this.#parent.uncancel()
      this.#parent.cancel()
    }
    throw new ExceptionGroup('unhandled errors in a task group', this.#errors)
  }

  // A scope around the group reaches the tasks by itself, and spares those that are shielded.
  #abort(error: unknown): void {
    if (this.#aborting || isOfScopeAround(error, this.#parent)) return
    this.#aborting = true
    for (const task of this.#tasks) if (!task.done()) task.cancel()
  }

  #onDone(task: Task): void {
    this.#tasks.delete(task)
    if (this.#tasks.size === 0 && this.#allDone?.done() === false) this.#allDone.setResult()
    if (task.cancelled()) return
    const outcome = outcomeOf(task)
    if (outcome.status === 'fulfilled') return
    this.#errors.push(outcome.reason)
    if (this.#aborting || this.#cancelledParent) return
    this.#abort(outcome.reason)
    this.#cancelledParent = true
    this.#parent.cancel()
  }
}

function* grouped<S extends Started>(body: (group: TaskGroup) => S): Gen<Out<S>> {
  const parent = requireStrand('taskGroup()')
  const group = new TaskGroup(parent)
  let outcome: Outcome
  try {
    outcome = { value: yield* startBody(parent, body, group) }
  } catch (error) {
    outcome = { error }
  }
  return (yield* group.exit(outcome)) as Out<S>
}

/**
 * Runs `body`, then waits until every task that was created in the group has ended: none
 * is left behind, whatever happens. If one fails, the others are cancelled, and all
 * failures are thrown together.
 *
 * @returns what the body returned.
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
export function taskGroup<S extends Started>(body: (group: TaskGroup) => S): Coroutine<Out<S>> {
  if (typeof body !== 'function') throw new TypeError(`Expected a function, got ${typeof body}.`)
  return coroutine(grouped(body))
}
