import {
  asConnection,
  asDuplex,
  openConnection,
  startServer,
  type Connection,
  type Place,
  type ReaderAndWriter,
  type StreamReader,
  type StreamReaderOptions,
  type StreamWriter,
  type TlsClientOptions,
  type TlsServerOptions,
  type TransportSocket,
} from '@tsyncio/streams'
import { memoryPair } from '@tsyncio/streams/testing'
import type { TwoWayStream } from '@tsyncio/streams/testing/vitest'
import { setsockoptBytes, SO_LINGER, SOL_SOCKET } from '@tsyncio/syscalls'
import { coroutine, createTask, Event, until, type Coroutine, type Gen } from '@tsyncio/tasks'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

import { forClient, forServer } from './tls-fixtures.js'

/** Makes the close of a TCP connection a reset. */
export function resetSocket({ writer }: ReaderAndWriter): void {
  const socket = writer.getExtraInfo('socket') as TransportSocket
  const linger = new Uint8Array(Int32Array.of(1, 0).buffer)
  setsockoptBytes(socket.fileno(), SOL_SOCKET, SO_LINGER, linger)
  writer.transport.abort()
}

/** A client, and the other side of its connection, which a server has accepted. */
export function* connected(
  place: Place,
  options?: StreamReaderOptions & { readonly maxFds?: number },
  tls?: { readonly server: TlsServerOptions; readonly client: TlsClientOptions },
): Gen<[Connection, Connection]> {
  const arrived = new Event()
  let far!: Connection
  const accept = (reader: StreamReader, writer: StreamWriter) => {
    far = { reader, writer } as Connection
    arrived.set()
  }
  const server = yield* startServer(accept, place, { ...options, ...(tls && { tls: tls.server }) })
  try {
    const to = 'port' in place ? { ...place, port: server.port } : place
    const near = yield* openConnection(to, { ...options, ...(tls && { tls: tls.client }) })
    yield* arrived.wait()
    return [near, far]
  } catch (error) {
    server.abortClients()
    throw error
  } finally {
    server.close()
  }
}

const ip: Place = { host: '127.0.0.1', port: 0 }

/** Pairs that are inside TLS from the beginning: over fds that Node has been given. */
export const tls: TwoWayStream = {
  open: (options) => coroutine(insideTls(options)),
  reset: resetSocket,
  halfClose: false,
}

/** Pairs that begin in plain text and go on in TLS, over our own transports. */
export const startedTls: TwoWayStream = {
  open: (options) => coroutine(startingTls(options)),
  reset: resetSocket,
  halfClose: false,
}

// The server's tickets come behind its handshake. With them unread, libuv takes a reset for
// an end: so the first byte behind them is awaited.
function* insideTls(options?: StreamReaderOptions): Gen<[Connection, Connection]> {
  const ends = yield* connected(ip, options, { server: forServer, client: forClient })
  const [near, far] = ends
  far.writer.write('!')
  yield* near.reader.readExactly(1)
  return ends
}

function* startingTls(options?: StreamReaderOptions): Gen<[Connection, Connection]> {
  const [near, far] = yield* connected(ip, options)
  const serving = createTask(() => far.writer.startTls(forServer))
  yield* near.writer.startTls({ ...forClient, serverName: 'localhost' })
  yield* serving
  return [near, far]
}

/** Pairs of Node's own sockets, as connections of ours. */
export const netSockets: TwoWayStream = {
  open: (options) => coroutine(connectingNet(options)),
  reset: ({ writer }) => (writer.getExtraInfo('stream') as Socket).resetAndDestroy(),
}

const openNetSockets: Socket[] = []

/** Node's sockets are Node's: no loop of ours closes them when it ends, as it does its own. */
export function destroyNetSockets(): void {
  for (const socket of openNetSockets.splice(0)) socket.destroy()
}

function* connectingNet(options?: StreamReaderOptions): Gen<[Connection, Connection]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  yield* until(once(server, 'listening'))
  const { port } = server.address() as AddressInfo
  const near = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  const [far] = (yield* until(once(server, 'connection'))) as [Socket]
  server.close()
  openNetSockets.push(near, far)
  return [asConnection(near, options), asConnection(far, options)]
}

/** Pairs that come of a server at `place`. */
export function server(place: Place, resets = true): TwoWayStream {
  const open = (options?: StreamReaderOptions) => coroutine(connected(place, options))
  return resets ? { open, reset: resetSocket } : { open }
}

export const unixPlace: Place = { path: `\0tsyncio-conformance-${process.pid}` }

/**
 * A memory pair, whose far end is one of Node's streams, piped into another that is the near
 * end of a TCP connection: everything crosses two bridges.
 */
export function bridged(options?: StreamReaderOptions): Coroutine<[Connection, Connection]> {
  return coroutine(bridging(options))
}

function* bridging(options?: StreamReaderOptions): Gen<[Connection, Connection]> {
  const [near, inner] = memoryPair(options)
  const [outer, far] = yield* connected(ip, options)
  const [left, right] = [asDuplex(inner), asDuplex(outer)]
  const done = (): void => undefined
  pipeline(left, right, done)
  pipeline(right, left, done)
  return [near, far]
}
