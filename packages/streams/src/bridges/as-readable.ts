import type { Readable } from 'node:stream'

import { ConnectionDuplex } from './connection-duplex.js'
import { handOver } from './hand-over.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { requireReadOnly } from './require-transport.js'
import type { StreamReader } from '../reading/stream-reader.js'

/**
 * The reader of a pipe, or of a program's output, as one of Node's streams: see
 * {@link asDuplex}. Destroying it closes the pipe.
 *
 * @throws TypeError if the reader has no transport, or belongs to a connection.
 * @example
 * ```ts
 * import { asReadable, createSubprocessExec, run } from 'tsyncio'
 *
 * await run(async () => {
 *   const program = await createSubprocessExec('echo', ['hello'], { stdout: 'pipe' })
 *   for await (const chunk of asReadable(program.stdout!)) console.log(String(chunk).trim()) // hello
 *   await program.wait()
 * })
 * ```
 */
export function asReadable(reader: StreamReader): Readable {
  const transport = requireReadOnly(reader)
  const loop = requireNodeLoop("A stream of Node's or of the web")
  return handOver(transport, reader, () => new ConnectionDuplex(loop, transport))
}
