import { AF_UNIX, getsockopt, osError, SO_DOMAIN, SOL_SOCKET } from '@tsyncio/syscalls'

/** @throws TypeError if `fd` is a socket of another family; OSError if it is no socket. */
export function requireUnixSocket(fd: number): void {
  const family = getsockopt(fd, SOL_SOCKET, SO_DOMAIN)
  if (family < 0) throw osError(family, 'getsockopt')
  if (family !== AF_UNIX)
    throw new TypeError(`File descriptor ${fd} is no Unix socket, and cannot carry fds.`)
}
