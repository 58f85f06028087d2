import { checked } from './checked.js'
import { addon } from './load-addon.js'

/**
 * `getsockopt(2)` of an option that is an int and never negative: its value, or
 * `-errno`. `SO_ERROR` is a positive error number, or 0.
 */
export function getsockopt(fd: number, level: number, name: number): number {
  return checked(addon.getsockopt(fd, level, name), 'getsockopt(fd, level, name)')
}

/** `setsockopt(2)` of an option that is an int: 0 or `-errno`. */
export function setsockopt(fd: number, level: number, name: number, value: number): number {
  return checked(addon.setsockopt(fd, level, name, value), 'setsockopt(fd, level, name, value)')
}

/** `getsockopt(2)` of a struct or string (`SO_PEERCRED`): its length in `out`, or `-errno`. */
export function getsockoptBytes(fd: number, level: number, name: number, out: Uint8Array): number {
  return checked(
    addon.getsockoptBytes(fd, level, name, out),
    'getsockoptBytes(fd, level, name, out)',
  )
}

/** `setsockopt(2)` of a struct or string (`SO_LINGER`): 0 or `-errno`. */
export function setsockoptBytes(
  fd: number,
  level: number,
  name: number,
  value: Uint8Array,
): number {
  return checked(
    addon.setsockoptBytes(fd, level, name, value),
    'setsockoptBytes(fd, level, name, value)',
  )
}
