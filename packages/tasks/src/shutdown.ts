import type { EventLoop, Future } from '@tsyncio/loop'

import { outcomeOf } from './outcome-of.js'
import { allTasks } from './task-registry.js'
import type { Task } from './task.js'
import { Watch } from './watch.js'

/** The end of a loop that was run: nobody of its tasks is left, and no failure unheard. */
export class Shutdown {
  readonly #loop: EventLoop
  readonly #tasks: readonly Task[]
  /** Done when all that were left are; none if nothing is to be waited for. */
  readonly ended: Future<void> | undefined

  /** Cancels the tasks that are left. */
  constructor(loop: EventLoop) {
    this.#loop = loop
    this.#tasks = [...allTasks(loop)]
    for (const task of this.#tasks) task.cancel()
    if (this.#tasks.length === 0) return
    const ended = (this.ended = loop.createFuture<void>())
    let left = this.#tasks.length
    for (const each of this.#tasks) new Watch(each, null, () => --left === 0 && ended.setResult())
  }

  /** Nobody else can see the failures of these any more. */
  report(): void {
    for (const task of this.#tasks) {
      if (!task.done() || task.cancelled()) continue
      const outcome = outcomeOf(task)
      if (outcome.status === 'fulfilled') continue
      this.#loop.callExceptionHandler({
        message: 'unhandled exception during run() shutdown',
        exception: outcome.reason,
        task,
      })
    }
  }
}
