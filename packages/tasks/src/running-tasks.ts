import type { Task } from './task.js'

// Below this many gaps, closing them is not worth its while.
const mostGaps = 32

/**
 * The tasks of one loop that are not done, in the order in which they were made: an array
 * with gaps, since a Set of them costs a quarter of all that making a task costs.
 *
 * Held strongly: a task that is running is never collected. (asyncio's are, which is its
 * most reported trap.)
 */
export class RunningTasks {
  #tasks: (Task | undefined)[] = []
  #gaps = 0

  add(task: Task): void {
    task.place = this.#tasks.length
    this.#tasks.push(task)
  }

  remove(task: Task): void {
    this.#tasks[task.place] = undefined
    if (++this.#gaps > mostGaps && this.#gaps > this.#tasks.length / 2) this.#closeGaps()
  }

  toSet(): Set<Task> {
    return new Set(this.#tasks.filter(isThere))
  }

  #closeGaps(): void {
    this.#tasks = this.#tasks.filter(isThere)
    this.#gaps = 0
    this.#tasks.forEach((task, place) => ((task as Task).place = place))
  }
}

function isThere(task: Task | undefined): task is Task {
  return task !== undefined
}
