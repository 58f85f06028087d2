import type { EventLoop } from './event-loop.js'
import { defaultExceptionHandler, type ExceptionContext } from './exception-handler.js'

/** What is to be said of an object that nobody took care of. It must not hold the object. */
export interface Leftover {
  /** The loop that it belongs to, if it belongs to one. */
  readonly loop: EventLoop | undefined
  readonly context: ExceptionContext
}

// Reported once: when the object is collected, or its loop is closed, or the process
// ends, whichever comes first.
const pending = new Map<EventLoop | undefined, Set<Leftover>>()
const collected = new FinalizationRegistry<Leftover>(reportLeftover)
let reportsAtExit = false

/** From now on, `object` is not to be forgotten about. */
export function noteLeftover(object: object, leftover: Leftover): void {
  const { loop } = leftover
  const leftovers = pending.get(loop)
  if (leftovers === undefined) pending.set(loop, new Set([leftover]))
  else leftovers.add(leftover)
  collected.register(object, leftover, leftover)
  if (reportsAtExit) return
  reportsAtExit = true
  ;(globalThis.process as NodeJS.Process | undefined)?.on?.('exit', () => {
    for (const each of pending.keys()) reportLeftovers(each)
  })
}

/** Somebody took care; false if that was known, or is too late. */
export function dropLeftover(leftover: Leftover): boolean {
  const leftovers = pending.get(leftover.loop)
  if (leftovers?.delete(leftover) !== true) return false
  if (leftovers.size === 0) pending.delete(leftover.loop)
  collected.unregister(leftover)
  return true
}

export function reportLeftover(leftover: Leftover): void {
  if (!dropLeftover(leftover)) return
  const { loop, context } = leftover
  if (loop === undefined) defaultExceptionHandler(context)
  else loop.callExceptionHandler(context)
}

/** Reports all that belongs to a loop: it is closing. */
export function reportLeftovers(loop: EventLoop | undefined): void {
  for (const leftover of pending.get(loop) ?? []) reportLeftover(leftover)
}
