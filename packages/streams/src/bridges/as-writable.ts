import type { Writable } from 'node:stream'

import { ConnectionDuplex } from './connection-duplex.js'
import { handOver } from './hand-over.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { requireWriteOnly } from './require-transport.js'
import type { StreamWriter } from '../transports/stream-writer.js'

/**
 * The writer of a pipe, or of a program's input, as one of Node's streams: see
 * {@link asDuplex}. Its end closes the pipe.
 *
 * @throws TypeError if the writer belongs to a connection.
 * @example
 * ```ts
 * import { openSync } from 'node:fs'
 * import { Readable } from 'node:stream'
 * import { pipeline } from 'node:stream/promises'
 * import { asWritable, openWritePipe } from '@tsyncio/streams'
 *
 * const writer = openWritePipe(openSync('/dev/null', 'w'))
 * await pipeline(Readable.from(['nobody ', 'reads this']), asWritable(writer))
 * ```
 */
export function asWritable(writer: StreamWriter): Writable {
  const transport = requireWriteOnly(writer)
  const loop = requireNodeLoop("A stream of Node's or of the web")
  return handOver(transport, undefined, () => new ConnectionDuplex(loop, transport))
}
