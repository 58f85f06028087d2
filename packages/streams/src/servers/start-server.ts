import { getRunningLoop } from '@tsyncio/loop'
import { Task, type Coroutine, type Gen, type Started, type Work } from '@tsyncio/tasks'

import { createServer, type ServerOptions } from './create-server.js'
import type { ServerPlace } from './server-place.js'
import type { Server } from './server.js'
import { StreamProtocol } from '../transports/stream-protocol.js'
import { requireLimit, StreamReader, type StreamReaderOptions } from '../reading/stream-reader.js'
import { StreamWriter } from '../transports/stream-writer.js'

/**
 * Serves one connection: a generator function, an async function, or a plain one, whose
 * result does not matter.
 */
export type ConnectionHandler = (reader: StreamReader, writer: StreamWriter) => unknown

export interface StartServerOptions extends ServerOptions, StreamReaderOptions {}

const generatorFunction = function* () {}.constructor

function* nothing(): Gen<void> {}

function isStarted(result: unknown): result is Started {
  const { next, then } = Object(result) as Partial<Gen<unknown> & Promise<unknown>>
  return typeof next === 'function' || typeof then === 'function'
}

function workOf(handler: ConnectionHandler, reader: StreamReader, writer: StreamWriter): Work {
  if (handler instanceof generatorFunction) return handler(reader, writer) as Work
  return () => {
    const result = handler(reader, writer)
    return isStarted(result) ? result : nothing()
  }
}

/** Runs the handler as a task; if that fails or is cancelled, the connection ends. */
function serve(
  server: Server,
  handler: ConnectionHandler,
  reader: StreamReader,
  writer: StreamWriter,
): void {
  const loop = getRunningLoop()
  const task = new Task(workOf(handler, reader, writer), { loop })
  task.addWaiter({
    run() {
      const exception = task.cancelled() ? undefined : task.exception()
      if (!task.cancelled() && exception === undefined) return
      const { transport } = writer
      transport.close()
      if (task.cancelled()) return
      const message = 'Unhandled error in a connection handler'
      loop.callExceptionHandler({ message, exception, task, transport })
    },
  })
  server.own(task, writer.transport)
}

/**
 * Listens by TCP (`{ host, port }`; without `host` on every interface, with an array at
 * several; port 0 for a free one), at a Unix socket (`{ path }`), or on a socket that is
 * bound already (`{ fd }`), which the server then owns. Calls `handler` with a reader and
 * a writer for each connection, as a task of the server's. The handler closes the writer
 * when it has done; if it fails, the loop's exception handler is told and the connection is
 * closed; if it is cancelled, the connection is closed.
 *
 * A Unix socket file that a dead server left behind is replaced, and removed by `close`,
 * unless it is another server's by then.
 *
 * @throws OSError if it cannot listen there: EADDRINUSE, EACCES ...
 * @example
 * ```ts
 * import { openConnection, startServer } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(function* () {
 *   const place = { host: '127.0.0.1', port: 0 }
 *   const server = yield* startServer(function* (reader, writer) {
 *     for (let line; (line = yield* reader.readLine()) !== null; ) {
 *       writer.write(String(line).toUpperCase())
 *       yield* writer.drain()
 *     }
 *     writer.close()
 *   }, place)
 *   const { reader, writer } = yield* openConnection({ ...place, port: server.port })
 *   writer.write('hello\n')
 *   console.log(String(yield* reader.readLine()).trim()) // HELLO
 *   writer.close()
 *   server.close()
 *   yield* server.waitClosed()
 * })
 * ```
 */
export function startServer(
  handler: ConnectionHandler,
  place: ServerPlace,
  options: StartServerOptions = {},
): Coroutine<Server> {
  if (typeof handler !== 'function')
    throw new TypeError(`Expected a function, got ${typeof handler}.`)
  requireLimit(options.limit)
  requireLimit(options.bufferLimit)
  const factory = (server: Server) => {
    const reader = new StreamReader(options)
    const protocol: StreamProtocol = new StreamProtocol(reader, (transport) =>
      serve(server, handler, reader, new StreamWriter(transport, protocol)),
    )
    return protocol
  }
  return createServer(factory, place, options)
}
