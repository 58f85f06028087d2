import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { copyFile, eachChunk, type SendFileOptions } from './copy-file.js'
import { requireSendFileOptions } from './send-file-options.js'
import { SendfileNotAvailableError } from './sendfile-not-available-error.js'
import { requireFile, SourceFile, type FileLike } from './source-file.js'
import { StreamWriter } from '../transports/stream-writer.js'
import type { WriteTransport } from '../transports/transport.js'
import { isHoldable, whileHolding, type HoldableTransport } from './write-hold.js'

// What TLS puts into one record.
const recordBytes = 16_384

function* writing(writer: StreamWriter, file: SourceFile, options: SendFileOptions): Gen<number> {
  const { offset = 0, count = Infinity, fallback = true } = options
  if (!fallback) throw new SendfileNotAvailableError()
  return yield* eachChunk(file, offset, count, recordBytes, function* (chunk) {
    writer.write(chunk)
    yield* writer.drain()
  })
}

function* sending(
  target: StreamWriter | HoldableTransport,
  like: FileLike,
  options: SendFileOptions,
): Gen<number> {
  const file = new SourceFile(like)
  try {
    const transport = target instanceof StreamWriter ? target.transport : target
    if (isHoldable(transport)) {
      return yield* whileHolding(transport, (fd) => copyFile(fd, file, options))
    }
    return yield* writing(target as StreamWriter, file, options)
  } finally {
    file.close()
  }
}

/**
 * Sends a file, after what was written before, without a copy in this process (asyncio's
 * `loop.sendfile`), by `sendfile(2)`: gives how many bytes went. What is written meanwhile
 * follows the file. Where the kernel cannot send such a file, and over TLS, it is read and
 * written instead.
 *
 * A file is a path, an fd or a `FileHandle`; the position of an open one stays where it is.
 * Cancelling stops in the middle: the connection is good, but nobody knows how much went.
 *
 * @throws SendfileNotAvailableError where it would have to be read, with `fallback: false`;
 *   OSError if the connection fails or is closed meanwhile; InvalidStateError if it
 *   sends another file; TypeError for a transport that can only be written to by a
 *   `StreamWriter`, as those of TLS.
 * @example
 * ```ts
 * import { openConnection, sendFile, startServer } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(async () => {
 *   const host = '127.0.0.1'
 *   await using server = await startServer(
 *     async (_reader, writer) => {
 *       writer.write('the host is ')
 *       await sendFile(writer, '/etc/hostname')
 *       writer.close()
 *     },
 *     { host, port: 0 },
 *   )
 *   await using connection = await openConnection({ host, port: server.port })
 *   console.log(String(await connection.reader.readExactly(12)).trim()) // the host is
 * })
 * ```
 */
export function sendFile(
  writer: StreamWriter | WriteTransport,
  file: FileLike,
  options: SendFileOptions = {},
): Coroutine<number> {
  if (!(writer instanceof StreamWriter) && !isHoldable(writer))
    throw new TypeError('Expected a StreamWriter, or the transport of a socket or a pipe.')
  requireFile(file)
  requireSendFileOptions(options)
  return coroutine(abortable(options.signal, sending(writer, file, options)))
}
