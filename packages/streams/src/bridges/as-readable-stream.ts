import type { ReadableStream } from 'node:stream/web'

import { handOver } from './hand-over.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import { requireReadOnly } from './require-transport.js'
import type { StreamReader } from '../reading/stream-reader.js'
import { WebStreams } from './web-streams.js'

/**
 * The reader of a pipe, or of a program's output, as a byte stream of the web: see
 * {@link asWebStreams}. Cancelling it closes the pipe.
 *
 * @throws TypeError if the reader has no transport, or belongs to a connection.
 * @example
 * ```ts
 * import { asReadableStream, createSubprocessExec, run, until } from 'tsyncio'
 *
 * await run(async () => {
 *   const program = await createSubprocessExec('echo', ['hello'], { stdout: 'pipe' })
 *   const reader = asReadableStream(program.stdout!).getReader({ mode: 'byob' })
 *   console.log(await until(reader.read(new Uint8Array(3))))
 *   // { done: false, value: Uint8Array(3) [ 104, 101, 108 ] }
 *   await until(reader.cancel())
 *   await program.wait()
 * })
 * ```
 */
export function asReadableStream(reader: StreamReader): ReadableStream<Uint8Array> {
  const transport = requireReadOnly(reader)
  requireNodeLoop("A stream of Node's or of the web")
  return handOver(transport, reader, () => new WebStreams(transport)).readable
}
