import { getRunningLoop, type EventLoop } from '@tsyncio/loop'
import { close, OSError, type Address } from '@tsyncio/syscalls'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { Listener, type OnAccept } from './listener.js'
import { listeningSocket, type ListenOptions } from './listening-socket.js'
import { requirePlace, type Place } from './place.js'
import type { Protocol } from './transport.js'
import { resolve } from './resolve.js'
import { Server } from './server.js'
import { SocketTransport } from './socket-transport.js'
import { setNoDelay } from './stream-socket.js'
import { socketFileOf, UnixSocketFile } from './unix-socket-file.js'

export interface ServerOptions extends ListenOptions {
  /** Whether to accept at once. Default: true. */
  readonly startServing?: boolean
}

// An address that this machine does not have is none to listen at, as long as there are others.
const skipped = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']

function accepting(loop: EventLoop, server: Server, factory: () => Protocol): OnAccept {
  const detach = server.detach.bind(server)
  return (fd, peer) => {
    try {
      const transport = new SocketTransport(loop, fd, factory(), peer, detach)
      setNoDelay(fd, peer)
      server.attach(transport)
      transport.start()
    } catch (exception) {
      close(fd)
      loop.callExceptionHandler({ message: 'Cannot make a protocol for a connection', exception })
    }
  }
}

function listenAt(
  server: Server,
  address: Address,
  options: ServerOptions,
  onAccept: OnAccept,
): void {
  // Port 0 is the same port at every address of the server.
  const place =
    'port' in address && address.port === 0 ? { ...address, port: server.port } : address
  const fd = listeningSocket(place, options)
  const path = socketFileOf(address)
  const file = path === undefined ? undefined : new UnixSocketFile(path)
  server.listen(new Listener(server.getLoop(), fd, options.backlog ?? 100, file, onAccept))
}

function* starting(factory: () => Protocol, place: Place, options: ServerOptions): Gen<Server> {
  const loop = getRunningLoop()
  const server = new Server(loop)
  const onAccept = accepting(loop, server, factory)
  let failure: unknown
  for (const address of yield* resolve(loop, place, 'listen')) {
    try {
      listenAt(server, address, options, onAccept)
    } catch (error) {
      failure = error
      if (error instanceof OSError && skipped.includes(error.code)) continue
      server.close()
      throw error
    }
  }
  if (server.sockets.length === 0) throw failure
  if (options.startServing === false) return server
  try {
    server.startServing()
  } catch (error) {
    server.close()
    throw error
  }
  return server
}

/**
 * Listens, and lets a protocol of `factory` use each connection by callbacks. See
 * {@link startServer} for the places.
 *
 * @throws OSError if it cannot listen there: EADDRINUSE, EACCES ...
 */
export function createServer(
  factory: () => Protocol,
  place: Place,
  options: ServerOptions = {},
): Coroutine<Server> {
  if (typeof factory !== 'function')
    throw new TypeError(`Expected a function, got ${typeof factory}.`)
  requirePlace(place)
  requireBacklog(options.backlog)
  return coroutine(starting(factory, place, options))
}

function requireBacklog(backlog: number | undefined): void {
  if (backlog === undefined) return
  if (typeof backlog !== 'number') throw new TypeError(`Expected a backlog, got ${typeof backlog}.`)
  if (!Number.isInteger(backlog) || backlog < 1) {
    throw new RangeError(`Expected a backlog of at least 1, got ${backlog}.`)
  }
}
