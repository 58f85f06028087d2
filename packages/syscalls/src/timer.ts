import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** `timerfd_create(2)`: a new fd, or `-errno`. */
export function timerfdCreate(clock: number, flags: number): number {
  return checked(addon.timerfdCreate(clock, flags), 'timerfdCreate(clock, flags)')
}

/**
 * `timerfd_settime(2)`: 0 or `-errno`. Fractions of milliseconds are honoured, and
 * rounded up to nanoseconds.
 *
 * @param value milliseconds until it expires, or with `TFD_TIMER_ABSTIME` the clock's
 * time when it does; 0 disarms.
 * @param interval milliseconds between later expirations; 0 for a single one.
 */
export function timerfdSettime(fd: number, flags: number, value: number, interval: number): number {
  return checked(
    addon.timerfdSettime(fd, flags, value, interval),
    'timerfdSettime(fd, flags, value, interval)',
  )
}
