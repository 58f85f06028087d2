import { getEventLoop, onLoopClose, type EventLoop } from '@tsyncio/loop'

import { Members } from './members.js'
import type { Task } from './task.js'

const node = globalThis.process as NodeJS.Process | undefined

// Held strongly: a task that is running is never collected. (asyncio's are, which is its
// most reported trap.)
const running = new WeakMap<EventLoop, Members<Task>>()

// Most tasks are made on one loop, and a look into a WeakMap costs as much as the rest.
let latestLoop: EventLoop | undefined
let latestTasks: Members<Task> | undefined

function tasksOf(loop: EventLoop): Members<Task> {
  if (loop === latestLoop) return latestTasks as Members<Task>
  let tasks = running.get(loop)
  if (tasks === undefined) {
    running.set(loop, (tasks = new Members()))
    if (loop.getDebug()) reportAtExit(loop)
  }
  latestLoop = loop
  latestTasks = tasks
  return tasks
}

export function register(task: Task): void {
  tasksOf(task.getLoop()).add(task)
}

export function unregister(task: Task): void {
  tasksOf(task.getLoop()).remove(task)
}

/** The tasks of a loop that are not done, in the order in which they were made. */
export function allTasks(loop: EventLoop = getEventLoop()): Set<Task> {
  return new Set(running.get(loop)?.all())
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
  if (loop === latestLoop) latestLoop = latestTasks = undefined
})
