import type { EventLoop } from './event-loop.js'

let running: EventLoop | undefined
let ofThread: EventLoop | undefined
let make: (() => EventLoop) | undefined
let ambient: () => EventLoop | undefined = () => undefined

/** Makes a loop the running one and gives the one that was; whoever swaps must swap back. */
export function swapRunningLoop(loop: EventLoop | undefined): EventLoop | undefined {
  const previous = running
  running = loop
  return previous
}

/** Whether this thread is in the middle of a loop's turn. */
export function inTurn(): boolean {
  return running !== undefined
}

/** The loop whose turn this is, or the loop of the task in which the code runs. */
export function currentLoop(): EventLoop | undefined {
  return running ?? ambient()
}

/**
 * The running loop.
 *
 * @throws Error outside of a loop's turn and outside of every task.
 */
export function getRunningLoop(): EventLoop {
  const loop = currentLoop()
  if (loop === undefined) {
    throw new Error(
      'No loop is running here: use getEventLoop(), or call this from a task or a callback.',
    )
  }
  return loop
}

/**
 * The running loop, or else this thread's own. That one is made when it is first asked
 * for and lives inside Node's loop from then on, so plain Node code can use futures,
 * timers and sockets without starting anything.
 */
export function getEventLoop(): EventLoop {
  const loop = currentLoop() ?? ofThread
  if (loop !== undefined && !loop.isClosed()) return loop
  if (ofThread === undefined || ofThread.isClosed()) ofThread = (make as () => EventLoop)()
  return ofThread
}

/** Replaces this thread's loop; the caller sees to it that it runs. */
export function setEventLoop(loop: EventLoop | undefined): void {
  ofThread = loop
}

/** How the thread's own loop is made: told by the module that knows how. */
export function setLoopOfThread(factory: () => EventLoop): void {
  make = factory
}

/** How to find the loop of the task in which async code runs: told by the layer of tasks. */
export function setAmbientLoop(find: () => EventLoop | undefined): void {
  ambient = find
}
