import { getRunningLoop } from '@tsyncio/loop'
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
  const loop = getRunningLoop()
  requireUnowned(fd)
  for (;;) {
    const result = call()
    if (result >= 0) return result
    if (result === -EINTR) continue
    if (result !== -EAGAIN) throw osError(result, name)
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
