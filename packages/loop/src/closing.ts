import type { EventLoop } from './event-loop.js'

const listeners: ((loop: EventLoop) => void)[] = []

/** Calls `listener` with each loop that is being closed: for the layers above. */
export function onLoopClose(listener: (loop: EventLoop) => void): void {
  listeners.push(listener)
}

export function tellOfClosing(loop: EventLoop): void {
  for (const listener of listeners) listener(loop)
}
