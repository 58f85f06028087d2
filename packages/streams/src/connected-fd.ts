import type { EventLoop } from '@tsyncio/loop'
import {
  adoptFd,
  F_GETFL,
  F_SETFL,
  fcntl,
  getsockopt,
  IPPROTO_TCP,
  O_NONBLOCK,
  osError,
  setsockopt,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from '@tsyncio/syscalls'

import { requireFd, type FdLike } from './fd-like.js'
import { socketFamily } from './socket-family.js'

/** A connected stream socket of somebody else's, who gives it away. */
export interface ConnectedFd {
  readonly fd: FdLike
}

/**
 * Takes the fd over: it is made non-blocking, and closed when this thread ends.
 *
 * @throws TypeError if it is no stream socket, or belongs to somebody in this loop; OSError
 *   if it is not open.
 */
export function adoptConnected(loop: EventLoop, { fd: like }: ConnectedFd): number {
  const fd = requireFd(like)
  if (loop.core.fds.owner(fd) !== undefined)
    throw new TypeError(`fd ${fd} belongs to a transport of this loop already.`)
  const flags = fcntl(fd, F_GETFL, 0)
  if (flags < 0) throw osError(flags, 'fcntl')
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE) !== SOCK_STREAM)
    throw new TypeError(`Expected a stream socket, and fd ${fd} is none.`)
  const result = fcntl(fd, F_SETFL, flags | O_NONBLOCK)
  if (result < 0) throw osError(result, 'fcntl')
  if (socketFamily(fd) !== 'Unix') setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, 1)
  return adoptFd(fd)
}
