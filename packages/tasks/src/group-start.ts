import { InvalidStateError, type EventLoop, type Future } from '@tsyncio/loop'

import { cancelAgain } from './cancel-again.js'
import { isOfScopeAround } from './cancel-scope.js'
import { CompletingWait } from './completing-wait.js'
import type { Gen } from './coroutine.js'
import { outcomeOf } from './outcome-of.js'
import type { Strand } from './strand.js'
import type { Task } from './task.js'
import { Watch } from './watch.js'

/**
 * A task of a group that has not said yet that it has started. Until then it is the
 * affair of who waits for that: its failure goes there, and to be cancelled there ends it.
 */
export class GroupStart<T> {
  readonly #known: Future<void>
  #called = false
  #value: T | undefined
  /** Whether somebody was told that the task has started. From then on it is the group's. */
  told = false

  constructor(loop: EventLoop) {
    this.#known = loop.createFuture()
  }

  /** What the task calls. */
  readonly started = (value: T): void => {
    if (this.#called) throw new InvalidStateError('started() was called twice.')
    this.#called = true
    // Who waited has been cancelled, and will end the task.
    if (this.#known.done()) return
    this.told = true
    this.#value = value
    this.#known.setResult()
  }

  /** The task has ended, and may not have called {@link started}. */
  ended(): void {
    if (!this.#known.done()) this.#known.setResult()
  }

  /** Waits in `strand` until the task has started or ended. */
  *wait(task: Task, strand: Strand): Gen<T> {
    try {
      yield* this.#known
    } catch (cancellation) {
      if (!this.told) throw yield* this.#giveUp(task, strand, cancellation)
      // It had started already: the cancellation comes at the next wait.
      strand.takeCancellation((cancellation as Error).message)
    }
    if (this.told) return this.#value as T
    task.result()
    throw new InvalidStateError(`${task.name} has ended without having called started().`)
  }

  /** Ends the task; gives what to throw. Its failure goes before the cancellation. */
  *#giveUp(task: Task, strand: Strand, cancellation: unknown): Gen<unknown> {
    task.cancel()
    let last = cancellation
    const shield = new CompletingWait(strand)
    while (!task.done()) {
      const end = strand.loop.createFuture<void>()
      const onDone = (): void => void (end.done() || end.setResult())
      const watch = new Watch(task, strand.task, onDone)
      try {
        yield* end
      } catch (error) {
        // That of a scope comes again by itself.
        if (!isOfScopeAround(error, strand)) last = error
        watch.stop()
        shield.interrupted()
      }
    }
    shield.end()
    const outcome = outcomeOf(task)
    if (task.cancelled() || outcome.status === 'fulfilled') return last
    cancelAgain(strand)
    return outcome.reason as unknown
  }
}
