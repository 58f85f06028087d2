import { getEventLoop, type EventLoop } from '@tsyncio/loop'

import type { Task } from './task.js'

// Held strongly: a task that is running is never collected. (asyncio's are, which is its
// most reported trap.)
const running = new WeakMap<EventLoop, Set<Task>>()

export function register(task: Task): void {
  const loop = task.getLoop()
  const tasks = running.get(loop)
  if (tasks === undefined) running.set(loop, new Set([task]))
  else tasks.add(task)
}

export function unregister(task: Task): void {
  running.get(task.getLoop())?.delete(task)
}

/** The tasks of a loop that are not done, in the order in which they were made. */
export function allTasks(loop: EventLoop = getEventLoop()): Set<Task> {
  return new Set(running.get(loop))
}
