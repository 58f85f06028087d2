import { nodeReadable, type AnyReadable } from './node-stream.js'
import { NodeTransport } from './node-transport.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { StreamReader, type StreamReaderOptions } from '../reading/stream-reader.js'

/**
 * A `Readable` (`process.stdin`, a file, an `IncomingMessage`, a gunzip) or a web
 * `ReadableStream` (the body of a `Response`) as a reader. Nobody else may read from it any
 * more; `reader.transport.close()` destroys or cancels it. Of a Duplex only the reading
 * side is used. Streams of text give it as UTF-8, or in the stream's own encoding.
 *
 * @throws TypeError if it is no such stream or is locked; or in `runBlocking`.
 * @example
 * ```ts
 * import { Readable } from 'node:stream'
 * import { asReader } from '@tsyncio/streams'
 *
 * const reader = asReader(Readable.from(['a li', 'ne\nand ', 'the rest']))
 * console.log(String(await reader.readLine()).trim()) // a line
 * console.log(String(await reader.read())) // and the rest
 * ```
 */
export function asReader(stream: AnyReadable, options: StreamReaderOptions = {}): StreamReader {
  const readable = nodeReadable(stream)
  requireNodeLoop("A stream of Node's or of the web")
  const reader = new StreamReader(options)
  const directions = { canRead: true, canWrite: false }
  new NodeTransport(readable, directions, new StreamReaderProtocol(reader)).start()
  return reader
}
