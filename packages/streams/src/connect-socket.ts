import type { EventLoop } from '@tsyncio/loop'
import {
  bind,
  close,
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

import { addressDetails } from './address-details.js'
import { setSocketOptions, type SocketOptions } from './socket-options.js'
import { streamSocket } from './stream-socket.js'

const longestPause = 64

function* writable(loop: EventLoop, fd: number): Gen<void> {
  const ready = loop.createFuture<void>()
  const { fds } = loop.core
  fds.addWriter(fd, { run: () => void (ready.done() || ready.setResult()) })
  try {
    yield* ready
  } finally {
    fds.removeWriter(fd)
  }
}

function* connected(loop: EventLoop, fd: number, address: Address): Gen<number> {
  const bytes = encodeAddress(address)
  // A Unix server whose backlog is full says EAGAIN, and nothing says when it is not.
  for (let pause = 1; ; pause = Math.min(2 * pause, longestPause)) {
    const result = connect(fd, bytes)
    if (result === -EINPROGRESS || result === -EINTR) break
    if (result !== -EAGAIN || !('path' in address)) return result
    yield* sleep(pause)
  }
  yield* writable(loop, fd)
  return -Math.abs(getsockopt(fd, SOL_SOCKET, SO_ERROR))
}

/** A socket that is connected to `address`; cancelling closes it. */
export function* connectSocket(
  loop: EventLoop,
  address: Address,
  from: Address | undefined,
  options: SocketOptions = {},
): Gen<number> {
  const fd = streamSocket(address)
  try {
    // Before it connects: the window that TCP agrees on depends on the buffers.
    setSocketOptions(fd, 'port' in address, { ...options, noDelay: options.noDelay ?? true })
    const bound = from === undefined ? 0 : bind(fd, encodeAddress(from))
    if (bound < 0) throw osError(bound, 'bind', addressDetails(from as Address))
    const result = yield* connected(loop, fd, address)
    if (result < 0) throw osError(result, 'connect', addressDetails(address))
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
}
