import type { Work } from './coroutine.js'
import type { TaskFactory } from './task-factory.js'
import { Task, type TaskOptions } from './task.js'

/**
 * A task factory that makes eager tasks of a class of one's own (asyncio's
 * `create_eager_task_factory`).
 *
 * @example
 * ```ts
 * import { createEagerTaskFactory, createTask, run, setTaskFactory, sleep, Task } from 'tsyncio'
 *
 * class Job extends Task {}
 *
 * await run(function* () {
 *   setTaskFactory(createEagerTaskFactory(Job))
 *   const task = createTask(function* () {
 *     console.log('has begun') // has begun
 *     yield* sleep(1)
 *   })
 *   console.log(task instanceof Job) // true
 *   yield* task
 * })
 * ```
 */
export function createEagerTaskFactory(
  constructor: new (work: Work, options: TaskOptions) => Task,
): TaskFactory {
  if (typeof constructor !== 'function')
    throw new TypeError(`Expected a class of tasks, got ${typeof constructor}.`)
  return (loop, work, options) => new constructor(work, { eagerStart: true, ...options, loop })
}

/**
 * Has every task of a loop begin when it is made: `setTaskFactory(eagerTaskFactory)`
 * (asyncio's `eager_task_factory`). What does not have to wait is done at once, and the
 * loop never hears of it; `eagerStart: false` makes an exception.
 *
 * @example
 * ```ts
 * import { createTask, eagerTaskFactory, run, setTaskFactory, sleep } from 'tsyncio'
 *
 * const cache = new Map([['a', 1]])
 * function* lookUp(name: string) {
 *   if (!cache.has(name)) yield* sleep(1)
 *   return cache.get(name)
 * }
 *
 * await run(function* () {
 *   setTaskFactory(eagerTaskFactory)
 *   console.log(createTask(lookUp('a')).done(), createTask(lookUp('b')).done()) // true false
 *   yield* sleep(5)
 * })
 * ```
 */
export const eagerTaskFactory: TaskFactory = createEagerTaskFactory(Task)
