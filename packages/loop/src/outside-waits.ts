import type { EventLoop } from './event-loop.js'

let find: (loop: EventLoop) => boolean = () => false

/** How to find out whether a task waits for something outside of its loop: a promise. */
export function setOutsideWaits(search: typeof find): void {
  find = search
}

export function hasOutsideWaits(loop: EventLoop): boolean {
  return find(loop)
}
