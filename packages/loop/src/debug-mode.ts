import { debugByDefault } from './debug.js'
import type { EventLoop } from './event-loop.js'

// Some of what debug mode does belongs to no loop, such as to note where a coroutine was
// made. It is done while any loop of this thread is in debug mode, or TSYNCIO_DEBUG asks.
const loops = new Set<EventLoop>()
const switches: ((on: boolean) => void)[] = []
const always = debugByDefault()

/** Calls `turn` with true when debug mode begins, and with false when it ends. */
export function onDebugMode(turn: (on: boolean) => void): void {
  switches.push(turn)
  if (always || loops.size > 0) turn(true)
}

/** A loop enters debug mode, or leaves it; to do so twice is no harm. */
export function countDebugMode(loop: EventLoop, on: boolean): void {
  const before = loops.size
  if (on) loops.add(loop)
  else loops.delete(loop)
  if (always || (before === 0) === (loops.size === 0)) return
  for (const turn of switches) turn(on)
}
