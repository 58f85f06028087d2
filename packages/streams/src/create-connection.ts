import { getRunningLoop, type EventLoop } from '@tsyncio/loop'
import { OSError, osError, type Address, type IPAddress } from '@tsyncio/syscalls'
import { coroutine, ExceptionGroup, type Coroutine, type Gen } from '@tsyncio/tasks'

import { connectSocket } from './connect-socket.js'
import { connectTls } from './connect-tls.js'
import { requirePlace, type Place } from './place.js'
import { requireNodeLoop } from './require-node-loop.js'
import { resolve } from './resolve.js'
import { SocketTransport } from './socket-transport.js'
import { tlsClientFor, type TlsClient } from './tls-client.js'
import type { TlsClientOptions } from './tls-options.js'
import type { Protocol, Transport } from './transport.js'

export interface ConnectOptions {
  /** The address to connect from; the port may be 0. */
  readonly localAddress?: IPAddress
  /** Speaks TLS; `true` is for all defaults. The certificate must be for the host's name. */
  readonly tls?: boolean | TlsClientOptions
}

/** What was tried, and how it failed: the first failure, with all of them as its cause. */
function allFailed(errors: readonly OSError[]): OSError {
  const first = errors[0] as OSError
  if (errors.length === 1) return first
  const { errno, syscall } = first
  const cause = new ExceptionGroup('No address could be connected to', errors)
  return osError(errno, syscall, { ...first, cause })
}

function* connectAny(
  loop: EventLoop,
  addresses: readonly Address[],
  from?: Address,
): Gen<[number, Address]> {
  const errors: OSError[] = []
  for (const address of addresses) {
    if (from !== undefined && addresses.length > 1 && from.family !== address.family) continue
    try {
      return [yield* connectSocket(loop, address, from), address]
    } catch (error) {
      if (!(error instanceof OSError)) throw error
      errors.push(error)
    }
  }
  throw allFailed(errors)
}

function* connecting<P extends Protocol>(
  factory: () => P,
  place: Place,
  { localAddress }: ConnectOptions,
  tls: TlsClient | undefined,
): Gen<[Transport, P]> {
  const loop = getRunningLoop()
  if (tls !== undefined) requireNodeLoop(loop, 'TLS')
  const protocol = factory()
  const addresses = yield* resolve(loop, place, 'connect')
  const [fd, address] = yield* connectAny(loop, addresses, localAddress)
  if (tls !== undefined) return [yield* connectTls(loop, fd, protocol, tls, address), protocol]
  const transport = new SocketTransport(loop, fd, protocol, address)
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
 * way, and the lowest. The addresses of a name are tried one after the other.
 *
 * @throws OSError if no address can be connected to: the first failure; the others are in
 *   its `cause`; TlsError if the TLS handshake fails.
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
  place: Place,
  options: ConnectOptions = {},
): Coroutine<[Transport, P]> {
  if (typeof factory !== 'function')
    throw new TypeError(`Expected a function, got ${typeof factory}.`)
  requirePlace(place)
  return coroutine(connecting(factory, place, options, tlsClientFor(place, options)))
}
