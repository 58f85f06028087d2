import type { Coroutine } from '@tsyncio/tasks'

import { createServer, type ServerOptions } from './create-server.js'
import type { ConnectionHandler } from './serve-connection.js'
import type { ServerPlace } from './server-place.js'
import type { Server } from './server.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { requireLimit, StreamReader, type StreamReaderOptions } from '../reading/stream-reader.js'

export interface StartServerOptions extends ServerOptions, StreamReaderOptions {}

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
  const factory = (server: Server) =>
    new StreamReaderProtocol(new StreamReader(options), handler, server)
  return createServer(factory, place, options)
}
