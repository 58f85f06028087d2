import { ConnectionDuplex, type ConnectionDuplexOptions } from './connection-duplex.js'
import { handOver } from './hand-over.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { requireTwoWay } from './require-transport.js'
import type { StreamReader } from '../reading/stream-reader.js'
import type { StreamWriter } from '../transports/stream-writer.js'

/** The two sides of a connection. */
export interface ReaderAndWriter {
  readonly reader: StreamReader
  readonly writer: StreamWriter
}

/**
 * A connection as one of Node's streams: back-pressure, errors, half-close and destruction
 * go both ways. What the reader has and nobody has read comes first; from then on the
 * reader and the writer are the stream's, but `writer.waitClosed()` still tells the end.
 * The chunks are slices of a larger piece of memory, which is shared: it cannot be
 * transferred to a thread, and must not be detached.
 *
 * @throws TypeError if it is no connection, or was handed over before; or in
 *   `runBlocking`, which Node's streams cannot live in.
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { asDuplex, startServer } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * const web = createServer((_request, response) => response.end('hello'))
 * await run(async () => {
 *   await using server = await startServer(
 *     (reader, writer) => void web.emit('connection', asDuplex({ reader, writer })),
 *     { host: '127.0.0.1', port: 0 },
 *   )
 *   const response = await fetch(`http://127.0.0.1:${server.port}/`)
 *   console.log(await response.text()) // hello
 *   server.close()
 *   server.closeClients()
 * })
 * ```
 */
export function asDuplex(
  { reader, writer }: ReaderAndWriter,
  options: ConnectionDuplexOptions = {},
): ConnectionDuplex {
  const transport = requireTwoWay(writer)
  const loop = requireNodeLoop("A stream of Node's or of the web")
  return handOver(transport, reader, () => new ConnectionDuplex(loop, transport, options))
}
