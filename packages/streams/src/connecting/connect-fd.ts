import type { EventLoop } from '@tsyncio/loop'
import {
  connect,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  encodeAddress,
  getsockopt,
  osError,
  SO_ERROR,
  SOL_SOCKET,
  type Address,
} from '@tsyncio/syscalls'
import { sleep, type Gen } from '@tsyncio/tasks'

import { addressDetails } from '../names/address-details.js'
import { fdReady } from '../sockets/fd-ready.js'

const longestPause = 64

/** How the connecting of an fd went, once it is writable: 0 or `-errno`. */
export function connectResult(fd: number): number {
  return -Math.abs(getsockopt(fd, SOL_SOCKET, SO_ERROR))
}

function* connecting(loop: EventLoop, fd: number, address: Address): Gen<number> {
  const bytes = encodeAddress(address)
  // A Unix server whose backlog is full says EAGAIN, and nothing says when it is not.
  for (let pause = 1; ; pause = Math.min(2 * pause, longestPause)) {
    const result = connect(fd, bytes)
    if (result === -EINPROGRESS || result === -EINTR) break
    if (result !== -EAGAIN || !('path' in address)) return result
    yield* sleep(pause)
  }
  yield* fdReady(loop, fd, 'writing')
  return connectResult(fd)
}

/** Connects a socket, which stays the caller's. */
export function* connectFd(loop: EventLoop, fd: number, address: Address): Gen<void> {
  const result = yield* connecting(loop, fd, address)
  if (result < 0) throw osError(result, 'connect', addressDetails(address))
}
