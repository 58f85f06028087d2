import { nodeWritable, type AnyWritable } from './node-stream.js'
import { NodeTransport } from './node-transport.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { StreamReader } from '../reading/stream-reader.js'
import { StreamWriter } from '../transports/stream-writer.js'

/**
 * A `Writable` (`process.stdout`, a file, a `ServerResponse`, a gzip) or a web
 * `WritableStream` as a writer. Nobody else may write to it any more; `close` ends it, and
 * `waitClosed` waits until that is done. Of a Duplex only the writing side is used. Web
 * streams get copies, Node's the bytes themselves.
 *
 * @throws TypeError if it is no such stream or is locked; or in `runBlocking`.
 * @example
 * ```ts
 * import { createGzip, gunzipSync } from 'node:zlib'
 * import { asReader, asWriter } from '@tsyncio/streams'
 *
 * const gzip = createGzip()
 * const writer = asWriter(gzip)
 * writer.write('hello')
 * await writer.drain()
 * writer.close()
 * const packed = await asReader(gzip).read()
 * console.log(String(gunzipSync(packed!))) // hello
 * ```
 */
export function asWriter(stream: AnyWritable): StreamWriter {
  const writable = nodeWritable(stream)
  requireNodeLoop("A stream of Node's or of the web")
  const protocol = new StreamReaderProtocol(new StreamReader())
  const directions = { canRead: false, canWrite: true }
  const transport = new NodeTransport(writable, directions, protocol)
  transport.start()
  return new StreamWriter(transport, protocol)
}
