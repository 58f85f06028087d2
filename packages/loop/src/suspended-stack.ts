// A suspended generator hides its stack. But it may be asked to go on while it shall not:
// `yield*` hands the question down to the wait at the very bottom, and there the whole
// chain of generators is on the stack. The wait takes it down, and gives its suspension
// again. So no wait has to be recorded, and asking costs only when somebody asks.
//
// It rests on what every wait does: it asks `isAskedWhere()` first, and if so gives the
// suspension that it gave before, whatever has happened meanwhile. A wait that does not
// ask is safe only while it is pending.
import type { Suspend } from './suspend.js'

let asking = false
let stack: string | undefined

const mostFrames = 100

/** For the `next()` of a wait: whether it is to give its suspension again, and do nothing. */
export function isAskedWhere(): boolean {
  if (!asking) return false
  stack = currentStack()
  return true
}

/** Where the code is, as text and in full, without the line of the error. */
export function currentStack(): string {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = mostFrames
  try {
    return new Error().stack ?? ''
  } finally {
    Error.stackTraceLimit = limit
  }
}

function askWhere(iterator: Iterator<Suspend, unknown, unknown>): void {
  iterator.next()
}

/**
 * The stack of a generator that waits, from the wait down to the generator itself; its
 * lines are those of an Error's. Undefined if the wait does not answer.
 */
export function suspendedStack(
  iterator: Iterator<Suspend, unknown, unknown>,
): readonly string[] | undefined {
  stack = undefined
  asking = true
  try {
    askWhere(iterator)
  } finally {
    asking = false
  }
  const lines = (stack as string | undefined)?.split('\n').slice(1)
  return lines?.slice(
    0,
    lines.findIndex((line) => line.includes(askWhere.name)),
  )
}
