import { Connection } from '../connecting/connection.js'
import { nodeDuplex, type AnyDuplex } from './node-stream.js'
import { NodeTransport } from './node-transport.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { StreamReader, type StreamReaderOptions } from '../reading/stream-reader.js'
import { StreamWriter } from '../transports/stream-writer.js'

/**
 * Any stream of Node's with two directions (`net.Socket`, `tls.TLSSocket`, a `Duplex`), or
 * a pair of them or of web streams, as a connection: the same readers and writers, with
 * back-pressure, errors, half-close and destruction both ways. The stream must not be used
 * by anybody else any more. Let sockets be made with `allowHalfOpen: true`; otherwise Node
 * ends them when the other side does.
 *
 * @throws TypeError if it is no such stream or is locked; or in `runBlocking`.
 * @example
 * ```ts
 * import { connect, createServer, type AddressInfo } from 'node:net'
 * import { once } from 'node:events'
 * import { asConnection } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * const server = createServer((socket) => socket.end('one\ntwo\n')).listen(0)
 * await once(server, 'listening')
 * await run(async () => {
 *   const socket = connect((server.address() as AddressInfo).port)
 *   await using connection = asConnection(socket)
 *   for await (const line of connection.reader) console.log(String(line).trim())
 *   // one
 *   // two
 *   server.close()
 * })
 * ```
 */
export function asConnection(stream: AnyDuplex, options: StreamReaderOptions = {}): Connection {
  const duplex = nodeDuplex(stream)
  requireNodeLoop("A stream of Node's or of the web")
  const reader = new StreamReader(options)
  const protocol = new StreamReaderProtocol(reader)
  const directions = { canRead: true, canWrite: true }
  const transport = new NodeTransport(duplex, directions, protocol)
  transport.start()
  return new Connection(reader, new StreamWriter(transport, protocol))
}
