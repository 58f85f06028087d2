import { getEventLoop, onLoopClose, type EventLoop } from '@tsyncio/loop'

import type { Task } from './task.js'

const node = globalThis.process as NodeJS.Process | undefined

// Held strongly: a task that is running is never collected. (asyncio's are, which is its
// most reported trap.)
const running = new WeakMap<EventLoop, Set<Task>>()

export function register(task: Task): void {
  const loop = task.getLoop()
  const tasks = running.get(loop)
  if (tasks !== undefined) {
    tasks.add(task)
    return
  }
  running.set(loop, new Set([task]))
  if (loop.getDebug()) reportAtExit(loop)
}

export function unregister(task: Task): void {
  running.get(task.getLoop())?.delete(task)
}

/** The tasks of a loop that are not done, in the order in which they were made. */
export function allTasks(loop: EventLoop = getEventLoop()): Set<Task> {
  return new Set(running.get(loop))
}

function reportPending(loop: EventLoop): void {
  for (const task of allTasks(loop)) {
    loop.callExceptionHandler({
      message: 'Task was destroyed but it is pending!',
      task,
      ...(task.source === undefined ? {} : { source: task.source }),
    })
  }
}

// In debug mode, for loops that are not closed when the process ends.
const open = new Set<EventLoop>()

function reportAtExit(loop: EventLoop): void {
  if (open.size === 0) node?.on?.('exit', () => open.forEach(reportPending))
  open.add(loop)
}

onLoopClose((loop) => {
  open.delete(loop)
  reportPending(loop)
})
