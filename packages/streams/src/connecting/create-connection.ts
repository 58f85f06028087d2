import { getRunningLoop } from '@tsyncio/loop'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import {
  connectAny,
  requireConnect,
  type ConnectOptions,
  type ConnectPlace,
} from './connect-any.js'
import { connectTls } from '../tls/connect-tls.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { introduced } from '../transports/introduced.js'
import { SocketTransport } from '../transports/socket-transport.js'
import { tlsClientFor, type TlsClient } from '../tls/tls-client.js'
import type { Protocol, Transport } from '../transports/transport.js'

function* connecting<P extends Protocol>(
  factory: () => P,
  place: ConnectPlace,
  options: ConnectOptions,
  tls: TlsClient | undefined,
): Gen<[Transport, P]> {
  const loop = getRunningLoop()
  if (tls !== undefined) requireNodeLoop('TLS', loop)
  const protocol = factory()
  const { fd, address } = yield* connectAny(loop, place, options)
  if (tls !== undefined) return [yield* connectTls(loop, fd, protocol, tls, address), protocol]
  const transport = new SocketTransport(loop, fd, protocol, address)
  if (options.maxFds !== undefined) transport.acceptFds(options.maxFds)
  return [yield* introduced(transport), protocol]
}

/**
 * Connects, and lets a protocol of `factory` use the connection by callbacks: the fastest
 * way, and the lowest. See {@link openConnection} for the places and how they are tried.
 *
 * @throws OSError if no address can be connected to: the first failure; all of them are in
 *   its `cause`, or thrown in an `ExceptionGroup` with `allErrors`. TlsError if the TLS
 *   handshake fails.
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
  const tls = tlsClientFor(place, options)
  return coroutine(abortable(options.signal, connecting(factory, place, options, tls)))
}
