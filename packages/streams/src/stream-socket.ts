import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_TCP,
  osError,
  setsockopt,
  SOCK_STREAM,
  socket,
  TCP_NODELAY,
  type Address,
} from '@tsyncio/syscalls'

const families = { IPv4: AF_INET, IPv6: AF_INET6, Unix: AF_UNIX }

/** A new stream socket of the kind that `address` needs; non-blocking. */
export function streamSocket({ family = 'Unix' }: Address): number {
  const fd = socket(families[family], SOCK_STREAM, 0)
  if (fd < 0) throw osError(fd, 'socket')
  return fd
}

/** Sends small writes at once: whoever wants fewer packets writes more at a time. */
export function setNoDelay(fd: number, address: Address | undefined): void {
  if (address !== undefined && !('path' in address)) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, 1)
}
