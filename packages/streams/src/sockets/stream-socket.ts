import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  osError,
  SOCK_STREAM,
  socket,
  type Address,
} from '@tsyncio/syscalls'

const families = { IPv4: AF_INET, IPv6: AF_INET6, Unix: AF_UNIX }

/** A new stream socket of the kind that `address` needs; non-blocking. */
export function streamSocket({ family = 'Unix' }: Address): number {
  const fd = socket(families[family], SOCK_STREAM, 0)
  if (fd < 0) throw osError(fd, 'socket')
  return fd
}
