import { getRunningLoop, type EventLoop } from '@tsyncio/loop'
import { close } from '@tsyncio/syscalls'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { acceptTls } from '../tls/accept-tls.js'
import { requireFd } from '../sockets/fd-like.js'
import { isFdPlace } from '../sockets/fd-place.js'
import { defaultBacklog, requireListenOptions, type ListenOptions } from './listen-options.js'
import { Listener, type OnAccept } from './listener.js'
import { adoptListeningSocket } from './listening-socket.js'
import { listeningSockets } from './listening-sockets.js'
import { requireMaxFds, type MaxFdsOption } from '../fds/require-max-fds.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { requireServerPlace, serverAddresses, type ServerPlace } from './server-place.js'
import { Server } from './server.js'
import { SocketTransport } from '../transports/socket-transport.js'
import type { TlsServerOptions } from '../tls/tls-options.js'
import { tlsServerFor, type TlsServer } from '../tls/tls-server.js'
import { TransportSocket } from '../sockets/transport-socket.js'
import type { Protocol } from '../transports/transport.js'
import { socketFileOf, UnixSocketFile } from './unix-socket-file.js'

export interface ServerOptions extends ListenOptions, MaxFdsOption {
  /** Whether to accept at once. Default: true. */
  readonly startServing?: boolean
  /**
   * How many connections there may be at a time; others wait in the kernel's backlog.
   * Default: any number.
   */
  readonly maxConnections?: number
  /** Speaks TLS, with this certificate. */
  readonly tls?: TlsServerOptions
}

function accepting(
  loop: EventLoop,
  server: Server,
  factory: (server: Server) => Protocol,
  maxFds: number,
  tls: TlsServer | undefined,
): OnAccept {
  const detach = server.detach.bind(server)
  return (fd, peer) => {
    try {
      const protocol = factory(server)
      const transport =
        tls === undefined
          ? new SocketTransport(loop, fd, protocol, peer, detach)
          : acceptTls(loop, fd, protocol, tls, peer, detach)
      if (maxFds > 0 && transport instanceof SocketTransport) transport.acceptFds(maxFds)
      server.attach(transport)
      transport.start()
    } catch (exception) {
      close(fd)
      loop.callExceptionHandler({ message: 'Cannot make a protocol for a connection', exception })
    }
  }
}

function* socketsAt(loop: EventLoop, place: ServerPlace, options: ServerOptions): Gen<number[]> {
  if (!isFdPlace(place)) return listeningSockets(yield* serverAddresses(loop, place), options)
  const fd = requireFd(place.fd)
  adoptListeningSocket(loop, fd, options)
  return [fd]
}

function fileOf(fd: number, { cleanupSocket = true }: ServerOptions): UnixSocketFile | undefined {
  const address = cleanupSocket ? new TransportSocket(fd).getsockname() : undefined
  const path = address === undefined ? undefined : socketFileOf(address)
  return path === undefined ? undefined : new UnixSocketFile(path)
}

function* starting(
  factory: (server: Server) => Protocol,
  place: ServerPlace,
  options: ServerOptions,
  tls: TlsServer | undefined,
): Gen<Server> {
  const loop = getRunningLoop()
  if (tls !== undefined) requireNodeLoop('TLS', loop)
  const server = new Server(loop, options.maxConnections)
  const onAccept = accepting(loop, server, factory, options.maxFds ?? 0, tls)
  const backlog = options.backlog ?? defaultBacklog
  for (const fd of yield* socketsAt(loop, place, options)) {
    server.listen(new Listener(loop, fd, backlog, fileOf(fd, options), onAccept))
  }
  if (options.startServing === false) return server
  try {
    server.startServing()
  } catch (error) {
    server.close()
    throw error
  }
  return server
}

function requireMaxConnections(most: unknown): void {
  if (most === undefined || most === Infinity) return
  if (typeof most !== 'number') throw new TypeError(`Expected a number, got ${typeof most}.`)
  if (!Number.isInteger(most) || most < 1)
    throw new RangeError(`Expected maxConnections of at least 1, got ${most}.`)
}

/**
 * Listens, and lets a protocol of `factory`, which is called with the server, use each
 * connection by callbacks. See {@link startServer} for the places.
 *
 * @throws OSError if it cannot listen there: EADDRINUSE, EACCES ...
 */
export function createServer(
  factory: (server: Server) => Protocol,
  place: ServerPlace,
  options: ServerOptions = {},
): Coroutine<Server> {
  if (typeof factory !== 'function')
    throw new TypeError(`Expected a function, got ${typeof factory}.`)
  requireServerPlace(place)
  requireListenOptions(options, 'path' in place)
  requireMaxConnections(options.maxConnections)
  requireMaxFds(options)
  return coroutine(starting(factory, place, options, tlsServerFor(options)))
}
