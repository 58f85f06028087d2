import type { EventLoop } from '@tsyncio/loop'
import {
  adoptFd,
  FD_CLOEXEC,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  fcntl,
  getsockopt,
  O_NONBLOCK,
  osError,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
} from '@tsyncio/syscalls'

import { requireUnused } from './require-unused.js'

/**
 * Takes a stream socket over that somebody else has made: it is made non-blocking and
 * close-on-exec, and closed with this thread. If this throws it is still the caller's.
 */
export function adoptStreamSocket(loop: EventLoop, fd: number): void {
  const type = getsockopt(fd, SOL_SOCKET, SO_TYPE)
  if (type < 0) throw osError(type, 'getsockopt')
  if (type !== SOCK_STREAM) throw new TypeError(`File descriptor ${fd} is no stream socket.`)
  requireUnused(loop, fd)
  fcntl(fd, F_SETFD, FD_CLOEXEC)
  const result = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK)
  if (result < 0) throw osError(result, 'fcntl')
  adoptFd(fd)
}
