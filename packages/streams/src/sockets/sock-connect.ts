import { getRunningLoop } from '@tsyncio/loop'
import { encodeAddress, type Address } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { connectFd } from '../connecting/connect-fd.js'
import { requireFd, type FdLike } from './fd-like.js'
import { requirePlace, type HostPlace } from '../names/place.js'
import { resolveHost } from '../names/resolve.js'
import { requireNonBlocking, requireUnowned } from './sock-call.js'
import { socketFamily } from './socket-family.js'
import type { SignalOptions } from '../transports/signal-options.js'

function* connecting(fd: number, to: Address | HostPlace): Gen<void> {
  const loop = getRunningLoop()
  requireUnowned(fd)
  requireNonBlocking(fd)
  let address = to
  if ('host' in address) {
    const family = socketFamily(fd)
    const options = family === 'Unix' ? {} : { family }
    const { host = '', port } = address
    address = (yield* resolveHost(loop, host, port, 'connect', options))[0] as Address
  }
  yield* connectFd(loop, fd, address as Address)
}

/**
 * Connects a socket (asyncio's `sock_connect`), to an address or to `{ host, port }`: of a
 * name to its first address of the socket's family. Cancelling leaves the socket open, and
 * the kernel connecting it.
 *
 * @throws OSError if it cannot be connected; TypeError if the socket is a blocking one.
 */
export function sockConnect(
  socket: FdLike,
  address: Address | HostPlace,
  options?: SignalOptions,
): Coroutine<void> {
  const fd = requireFd(socket)
  if (typeof address === 'object' && address !== null && 'host' in address) requirePlace(address)
  else encodeAddress(address as Address)
  return coroutine(abortable(options?.signal, connecting(fd, address)))
}
