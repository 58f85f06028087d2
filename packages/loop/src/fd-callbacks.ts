import { fileno, type FileDescriptorLike } from '@tsyncio/selectors'

import type { FdWatchers } from './fd-watchers.js'
import { Handle } from './handle.js'

// An fd that a transport owns must not be watched past it: two readers of one socket
// would take each other's bytes.
function requireFree(fds: FdWatchers, fd: FileDescriptorLike): number {
  const number = fileno(fd)
  const owner = fds.owner(number) as { toString(): string } | undefined
  if (owner === undefined) return number
  throw new Error(`File descriptor ${number} is used by ${owner.toString()}: go through that.`)
}

/** Has `handle` called whenever `fd` is ready, and cancels the one that it replaces. */
export function watchFd(
  fds: FdWatchers,
  side: 'addReader' | 'addWriter',
  fd: FileDescriptorLike,
  handle: Handle,
): Handle {
  const replaced = fds[side](requireFree(fds, fd), handle)
  if (replaced instanceof Handle) replaced.cancel()
  return handle
}

/** Undoes {@link watchFd}; false if nobody was watching. */
export function unwatchFd(
  fds: FdWatchers,
  side: 'removeReader' | 'removeWriter',
  fd: FileDescriptorLike,
): boolean {
  const removed = fds[side](requireFree(fds, fd))
  if (removed instanceof Handle) removed.cancel()
  return removed !== undefined
}
