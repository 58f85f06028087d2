import { getRunningLoop, type EventLoop } from '@tsyncio/loop'
import { EAGAIN, EINTR, F_GETFL, fcntl, O_NONBLOCK, osError } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { fdReady, type Direction } from './fd-ready.js'

/**
 * Makes a system call, and makes it again each time the fd is ready, until the kernel has
 * nothing to wait for. Gives its result, which is 0 or more.
 */
export function* sockCall(
  fd: number,
  direction: Direction,
  name: string,
  call: () => number,
): Gen<number> {
  requireUnowned(fd)
  const result = yield* retried(getRunningLoop(), fd, direction, call)
  if (result < 0) throw osError(result, name)
  return result
}

/** As {@link sockCall}, of an fd that the caller may use: gives `-errno` too. */
export function* retried(
  loop: EventLoop,
  fd: number,
  direction: Direction,
  call: () => number,
): Gen<number> {
  for (;;) {
    const result = call()
    if (result === -EINTR) continue
    if (result !== -EAGAIN) return result
    yield* fdReady(loop, fd, direction)
  }
}

/** @throws TypeError if the fd belongs to a transport, whose reads and writes these would be. */
export function requireUnowned(fd: number): void {
  if (getRunningLoop().core.fds.owner(fd) !== undefined)
    throw new TypeError(`fd ${fd} belongs to a transport of this loop: use that.`)
}

/** @throws TypeError if a call at the fd would block the thread; OSError if it is not open. */
export function requireNonBlocking(fd: number): void {
  const flags = fcntl(fd, F_GETFL, 0)
  if (flags < 0) throw osError(flags, 'fcntl')
  if ((flags & O_NONBLOCK) === 0) throw new TypeError(`fd ${fd} must be non-blocking.`)
}
