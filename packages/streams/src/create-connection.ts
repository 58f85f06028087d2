import { getRunningLoop } from '@tsyncio/loop'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import {
  connectAny,
  requireConnect,
  type ConnectOptions,
  type ConnectPlace,
} from './connect-any.js'
import { SocketTransport } from './socket-transport.js'
import type { Protocol, Transport } from './transport.js'

function* connecting<P extends Protocol>(
  factory: () => P,
  place: ConnectPlace,
  options: ConnectOptions,
): Gen<[Transport, P]> {
  const loop = getRunningLoop()
  const protocol = factory()
  const { fd, address } = yield* connectAny(loop, place, options)
  const transport = new SocketTransport(loop, fd, protocol, address)
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
 * Connects, and lets a protocol of `factory` use the connection by callbacks: the fastest
 * way, and the lowest. See {@link openConnection} for the places and how they are tried.
 *
 * @throws OSError if no address can be connected to: the first failure; all of them are in
 *   its `cause`, or thrown in an `ExceptionGroup` with `allErrors`.
 * @example
 * ```ts
 * import { getRunningLoop } from '@tsyncio/loop'
 * import { createConnection, createServer, type Transport } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * const host = '127.0.0.1'
 * await run(function* () {
 *   const server = yield* createServer(
 *     () => ({ connectionMade: (transport: Transport) => transport.write('welcome') }),
 *     { host, port: 0 },
 *   )
 *   const arrived = getRunningLoop().createFuture<string>()
 *   const [transport] = yield* createConnection(
 *     () => ({ dataReceived: (data: Buffer) => arrived.setResult(String(data)) }),
 *     { host, port: server.port },
 *   )
 *   console.log(yield* arrived) // welcome
 *   transport.close()
 *   server.close()
 *   yield* server.waitClosed()
 * })
 * ```
 */
export function createConnection<P extends Protocol>(
  factory: () => P,
  place: ConnectPlace,
  options: ConnectOptions = {},
): Coroutine<[Transport, P]> {
  if (typeof factory !== 'function')
    throw new TypeError(`Expected a function, got ${typeof factory}.`)
  requireConnect(place, options)
  return coroutine(abortable(options.signal, connecting(factory, place, options)))
}
