import type { ReadableStream, WritableStream } from 'node:stream/web'

import type { ReaderAndWriter } from './as-duplex.js'
import type { ByteSource } from './byte-source.js'
import { handOver } from './hand-over.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { requireTwoWay } from './require-transport.js'
import { WebStreams } from './web-streams.js'

/**
 * A connection as a pair of web streams. `readable` is a byte stream, for readers with a
 * buffer of their own too (BYOB); what it gives is a copy, which may be transferred.
 * `writable` takes bytes and strings; a write is done when the kernel has it.
 *
 * Nothing is read ahead. Closing `writable` ends that direction; cancelling `readable`
 * stops reading; when both directions are over, the connection is closed. Aborting
 * `writable` ends the connection at once, and `readable` fails with the same reason.
 *
 * @throws TypeError as {@link asDuplex}.
 * @example
 * ```ts
 * import { asWebStreams, openConnection, startServer } from '@tsyncio/streams'
 * import { run, until } from '@tsyncio/tasks'
 *
 * await run(async () => {
 *   const place = { path: '\0echo in capitals' }
 *   await using server = await startServer((reader, writer) => {
 *     const { readable, writable } = asWebStreams({ reader, writer })
 *     const capitals = new TransformStream<Uint8Array, string>({
 *       transform: (chunk, out) => out.enqueue(String(Buffer.from(chunk)).toUpperCase()),
 *     })
 *     void readable.pipeThrough(capitals).pipeTo(writable)
 *   }, place)
 *   const { readable, writable } = asWebStreams(await openConnection(place))
 *   const writer = writable.getWriter()
 *   await until(writer.write('hello'))
 *   await until(writer.close())
 *   for await (const chunk of readable) console.log(String(Buffer.from(chunk))) // HELLO
 *   server.close()
 * })
 * ```
 */
export function asWebStreams({ reader, writer }: ReaderAndWriter): {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<ByteSource>
} {
  const transport = requireTwoWay(writer)
  requireNodeLoop("A stream of Node's or of the web")
  const { readable, writable } = handOver(transport, reader, () => new WebStreams(transport))
  return { readable, writable }
}
