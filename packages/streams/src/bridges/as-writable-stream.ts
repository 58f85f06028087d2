import type { WritableStream } from 'node:stream/web'

import type { ByteSource } from './byte-source.js'
import { handOver } from './hand-over.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { requireWriteOnly } from './require-transport.js'
import type { StreamWriter } from '../transports/stream-writer.js'
import { WebStreams } from './web-streams.js'

/**
 * The writer of a pipe, or of a program's input, as a stream of the web: see
 * {@link asWebStreams}. Closing it closes the pipe.
 *
 * @throws TypeError if the writer belongs to a connection.
 * @example
 * ```ts
 * import { openSync } from 'node:fs'
 * import { asWritableStream, openWritePipe } from '@tsyncio/streams'
 *
 * const writer = openWritePipe(openSync('/dev/null', 'w'))
 * await new Blob(['nobody reads this']).stream().pipeTo(asWritableStream(writer))
 * ```
 */
export function asWritableStream(writer: StreamWriter): WritableStream<ByteSource> {
  const transport = requireWriteOnly(writer)
  requireNodeLoop("A stream of Node's or of the web")
  return handOver(transport, undefined, () => new WebStreams(transport)).writable
}
