import { getEventLoop, type EventLoop } from '@tsyncio/loop'

import type { Work } from './coroutine.js'
import { Task, type TaskOptions } from './task.js'

/** Makes the tasks of a loop: what {@link setTaskFactory} takes. */
export type TaskFactory = (loop: EventLoop, work: Work, options: Omit<TaskOptions, 'loop'>) => Task

const factories = new WeakMap<EventLoop, TaskFactory>()

/**
 * Has `factory` make every task of a loop that `createTask`, groups and other calls start
 * (asyncio's `loop.set_task_factory`); null for plain tasks.
 *
 * @example
 * ```ts
 * import { createTask, run, setTaskFactory, sleep, Task } from 'tsyncio'
 *
 * await run(async () => {
 *   setTaskFactory((loop, work, options) => {
 *     const task = new Task(work, { loop, ...options })
 *     console.log(`made ${task.name}`)
 *     return task
 *   })
 *   await createTask(() => sleep(1), { name: 'one' })
 *   // made one
 * })
 * ```
 */
export function setTaskFactory(
  factory: TaskFactory | null,
  loop: EventLoop = getEventLoop(),
): void {
  if (factory === null) factories.delete(loop)
  else if (typeof factory === 'function') factories.set(loop, factory)
  else throw new TypeError(`Expected a task factory or null, got ${typeof factory}.`)
}

/** What makes the tasks of a loop; null for plain tasks. */
export function getTaskFactory(loop: EventLoop = getEventLoop()): TaskFactory | null {
  return factories.get(loop) ?? null
}

/** Makes a task of a loop in the way that the loop has been told. */
export function makeTask<T>(
  loop: EventLoop,
  work: Work,
  options: Omit<TaskOptions, 'loop'>,
): Task<T> {
  const factory = factories.get(loop)
  if (factory === undefined) return new Task<T>(work, options, loop)
  const task: unknown = factory(loop, work, options)
  if (task instanceof Task) return task as Task<T>
  throw new TypeError(`The task factory of the loop gave ${String(task)} in place of a task.`)
}
