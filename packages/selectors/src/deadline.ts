import { EINTR } from '@tsyncio/syscalls'

// Waiting for a while, in milliseconds. For ever is Infinity and not at all is 0,
// both as a wait and as a deadline.

/**
 * A timeout as it was given: `null` and `undefined` become Infinity.
 *
 * @throws TypeError or RangeError if it is not a number, or NaN.
 */
export function timeoutOf(timeout: number | null | undefined): number {
  if (timeout === undefined || timeout === null) return Infinity
  if (typeof timeout !== 'number') {
    throw new TypeError(
      `timeout must be a number of milliseconds, or null: got a ${typeof timeout}`,
    )
  }
  if (Number.isNaN(timeout)) {
    throw new RangeError('timeout must be a number of milliseconds, or null: got NaN')
  }
  return timeout
}

/** When a wait that starts here and lasts `wait` is over. */
export function deadlineAfter(wait: number): number {
  return wait === 0 || wait === Infinity ? wait : performance.now() + wait
}

/** How long is left to wait. */
export function timeLeft(deadline: number): number {
  return deadline === 0 ? 0 : Math.max(0, deadline - performance.now())
}

/**
 * Whether a wait that gave `result` has to go on: a signal or a worker's guard ended
 * it (PEP 475), or the kernel came back with nothing before the time.
 */
export function mustGoOn(result: number, deadline: number): boolean {
  return result === -EINTR || (result === 0 && timeLeft(deadline) > 0)
}
