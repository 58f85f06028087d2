import type { Suspend } from '@tsyncio/loop'

import { listenToAbort } from './abort-listeners.js'
import { CancelScope } from './cancel-scope.js'
import type { Gen } from './coroutine.js'
import { requireStrand } from './current-strand.js'

/** @throws TypeError if it is neither a signal nor undefined. */
export function requireSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Expected an AbortSignal, got ${typeof signal}.`)
  }
}

function* untilAborted<T>(signal: AbortSignal, wait: Iterator<Suspend, T, unknown>): Gen<T> {
  signal.throwIfAborted()
  const scope = new CancelScope()
  scope.enter(requireStrand('A wait with a signal'))
  const stop = listenToAbort(signal, () => scope.cancel('The signal was aborted.'))
  try {
    return yield* { [Symbol.iterator]: () => wait }
  } catch (error) {
    throw scope.catches(error) ? (signal.reason as unknown) : error
  } finally {
    stop()
    scope.leave()
  }
}

/**
 * A library call's wait that ends when `signal` is aborted: it throws the signal's reason,
 * and the task does not count as cancelled. Without a signal the wait as it is.
 *
 * @throws TypeError if it is neither a signal nor undefined.
 */
export function abortable<T>(
  signal: AbortSignal | undefined,
  wait: Iterator<Suspend, T, unknown>,
): Iterator<Suspend, T, unknown> {
  requireSignal(signal)
  return signal === undefined ? wait : untilAborted(signal, wait)
}
