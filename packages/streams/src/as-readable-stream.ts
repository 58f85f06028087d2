import type { ReadableStream } from 'node:stream/web'

import { handOver } from './hand-over.js'
import { requireNodeLoop } from './require-node-loop.js'
import { requireReadOnly } from './require-transport.js'
import type { StreamReader } from './stream-reader.js'
import { WebStreams } from './web-streams.js'

/**
 * The reader of a pipe, or of a program's output, as a byte stream of the web: see
 * {@link asWebStreams}. Cancelling it closes the pipe.
 *
 * @throws TypeError if the reader has no transport, or belongs to a connection.
 * @example
 * ```ts
 * import { openSync } from 'node:fs'
 * import { asReadableStream, openReadPipe } from '@tsyncio/streams'
 *
 * const { reader } = openReadPipe(openSync('/dev/zero', 'r'))
 * const bytes = asReadableStream(reader).getReader({ mode: 'byob' })
 * console.log((await bytes.read(new Uint8Array(3))).value) // Uint8Array(3) [ 0, 0, 0 ]
 * await bytes.cancel()
 * ```
 */
export function asReadableStream(reader: StreamReader): ReadableStream<Uint8Array> {
  const transport = requireReadOnly(reader)
  requireNodeLoop()
  return handOver(transport, reader, () => new WebStreams(transport)).readable
}
