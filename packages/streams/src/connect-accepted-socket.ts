import { getRunningLoop } from '@tsyncio/loop'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { adoptStreamSocket } from './adopt-stream-socket.js'
import { requireFd } from './require-fd.js'
import { requireMaxFds, type MaxFdsOption } from './require-max-fds.js'
import { requireSocketOptions, setSocketOptions, type SocketOptions } from './socket-options.js'
import { SocketTransport } from './socket-transport.js'
import { TransportSocket } from './transport-socket.js'
import type { Protocol, Transport } from './transport.js'

export interface ConnectAcceptedSocketOptions extends SocketOptions, MaxFdsOption {}

function* connecting<P extends Protocol>(
  factory: () => P,
  fd: number,
  options: ConnectAcceptedSocketOptions,
): Gen<[Transport, P]> {
  const loop = getRunningLoop()
  const protocol = factory()
  const socket = new TransportSocket(fd)
  adoptStreamSocket(loop, fd)
  setSocketOptions(fd, socket.isTcp, { ...options, noDelay: options.noDelay ?? true })
  const transport = new SocketTransport(loop, fd, protocol)
  if (options.maxFds !== undefined) transport.acceptFds(options.maxFds)
  const made = loop.createFuture<void>()
  transport.start(() => void (made.done() || made.setResult()))
  try {
    yield* made
  } catch (error) {
    transport.abort()
    throw error
  }
  return [transport, protocol]
}

/**
 * Lets a protocol of `factory` use a connected stream socket that somebody else has made:
 * accepted elsewhere, inherited, or received from another process. The fd belongs to the
 * transport from then on. {@link openSocket} is the same with streams.
 *
 * @throws OSError if the fd is not open, or no socket; TypeError if it is a socket of
 *   another type. The fd is the caller's then.
 */
export function connectAcceptedSocket<P extends Protocol>(
  factory: () => P,
  fd: number,
  options: ConnectAcceptedSocketOptions = {},
): Coroutine<[Transport, P]> {
  if (typeof factory !== 'function')
    throw new TypeError(`Expected a function, got ${typeof factory}.`)
  requireFd(fd)
  requireSocketOptions(options)
  requireMaxFds(options)
  return coroutine(connecting(factory, fd, options))
}
