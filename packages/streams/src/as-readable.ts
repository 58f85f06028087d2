import type { Readable } from 'node:stream'

import { ConnectionDuplex } from './connection-duplex.js'
import { handOver } from './hand-over.js'
import { requireNodeLoop } from './require-node-loop.js'
import { requireReadOnly } from './require-transport.js'
import type { StreamReader } from './stream-reader.js'

/**
 * The reader of a pipe, or of a program's output, as one of Node's streams: see
 * {@link asDuplex}. Destroying it closes the pipe.
 *
 * @throws TypeError if the reader has no transport, or belongs to a connection.
 * @example
 * ```ts
 * import { openSync } from 'node:fs'
 * import { asReadable, openReadPipe } from '@tsyncio/streams'
 *
 * const { reader } = openReadPipe(openSync('/dev/zero', 'r'))
 * for await (const chunk of asReadable(reader)) {
 *   console.log(chunk[0]) // 0
 *   break
 * }
 * ```
 */
export function asReadable(reader: StreamReader): Readable {
  const transport = requireReadOnly(reader)
  const loop = requireNodeLoop()
  return handOver(transport, reader, () => new ConnectionDuplex(loop, transport))
}
