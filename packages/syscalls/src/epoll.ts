import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** `epoll_create1(2)`: a new epoll fd, or `-errno`. Always close-on-exec when `flags` says so. */
export function epollCreate1(flags: number): number {
  return checked(addon.epollCreate1(flags), 'epollCreate1(flags)')
}

/** `epoll_ctl(2)`: 0 or `-errno`. The event's data is the fd. */
export function epollCtl(epfd: number, op: number, fd: number, events: number): number {
  return checked(addon.epollCtl(epfd, op, fd, events), 'epollCtl(epfd, op, fd, events)')
}

/**
 * `epoll_pwait2(2)`, or `epoll_wait(2)` where the kernel lacks it: the number of
 * ready fds, or `-errno`. Pair `i` of `out` is an fd and its event bits (as a signed
 * integer: use `>>> 0`). At most 1,024 pairs come at a time.
 *
 * @param timeout milliseconds, fractions honoured; negative waits for ever.
 */
export function epollWait(epfd: number, out: Int32Array, most: number, timeout: number): number {
  return checked(addon.epollWait(epfd, out, most, timeout), 'epollWait(epfd, out, most, timeout)')
}
