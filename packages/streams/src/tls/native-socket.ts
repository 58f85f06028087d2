import { releaseFd } from '@tsyncio/syscalls'
import { Socket } from 'node:net'

/** Hands a connected fd over to Node, which watches it, and closes it with the socket. */
export function nativeSocket(fd: number): Socket {
  // First given away: a worker that ends in between leaves it open, instead of closing it twice.
  releaseFd(fd)
  return new Socket({ fd, readable: true, writable: true })
}
