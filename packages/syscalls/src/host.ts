import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** The words of the array that a hosted loop shares with C; `host.c` has the same list. */
export const HostWord = { ready: 0, deadline: 1, refs: 2, driving: 3, count: 4 } as const

/**
 * Puts a loop of ours into Node's: Node calls `turn` whenever `epfd` is readable or a
 * turn was asked for, and goes on while `shared[ready]` is not 0.
 *
 * @returns the host's number, or `-errno`.
 */
export function hostOpen(
  epfd: number,
  timerfd: number,
  shared: Float64Array,
  turn: () => void,
): number {
  return checked(
    addon.hostOpen(epfd, timerfd, shared, turn),
    'hostOpen(epfd, timerfd, shared, turn)',
  )
}

/** Asks for a turn from outside of one. */
export function hostArm(host: number): number {
  return checked(addon.hostArm(host), 'hostArm(host)')
}

/** Ends a host. Its epoll fd and timerfd stay the caller's, who may close them at once. */
export function hostClose(host: number): number {
  return checked(addon.hostClose(host), 'hostClose(host)')
}

/** `CLOCK_MONOTONIC` in milliseconds: the clock of a host's deadline. */
export function hostClock(): number {
  return addon.hostClock()
}
