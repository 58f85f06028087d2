import { hostClock, unsupportedReason } from '@tsyncio/syscalls'

/** A source of time in milliseconds that never goes back. */
export interface Clock {
  now(): number
}

// performance.now() is CLOCK_MONOTONIC from another origin. With the origin put back,
// a loop's time can be compared between processes (with Python's time.monotonic(),
// say) and handed to a timerfd as it is.
function origin(): number {
  if (unsupportedReason !== undefined) return 0
  hostClock()
  const before = performance.now()
  return hostClock() - before
}

const offset = origin()

/** The system's monotonic clock. */
export const monotonicClock: Clock = {
  now: () => performance.now() + offset,
}
