import { getRunningLoop } from '@tsyncio/loop'
import { EINVAL, ENOSYS, EOPNOTSUPP, osError, sendfile, write } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { fdReady } from '../sockets/fd-ready.js'
import { SendfileNotAvailableError } from './sendfile-not-available-error.js'
import { retried } from '../sockets/sock-call.js'
import type { SourceFile } from './source-file.js'

/** Which part of a file goes, and how. */
export interface SendFileOptions {
  /** Where to begin, in bytes. Default: 0. */
  readonly offset?: number | undefined
  /** How many bytes. Default: up to the end of the file. */
  readonly count?: number | undefined
  /**
   * Whether to read and write where the kernel cannot send the file; without it, that is a
   * `SendfileNotAvailableError`. Default: true.
   */
  readonly fallback?: boolean | undefined
  /** Stops when it is aborted: the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

// So much that a call costs nothing, so little that others have their turn.
const mostAtOnce = 1 << 20
const chunkBytes = 256 * 1024

// What the kernel says when it cannot send such a file to such an fd.
const refusals = [-EINVAL, -ENOSYS, -EOPNOTSUPP]

/** Sends a part of a file to a non-blocking fd: how many bytes went. */
export function* copyFile(fd: number, file: SourceFile, options: SendFileOptions): Gen<number> {
  const { offset = 0, count = Infinity, fallback = true } = options
  const loop = getRunningLoop()
  let sent = 0
  while (sent < count) {
    const length = Math.min(count - sent, mostAtOnce)
    const send = () => sendfile(fd, file.fd, offset + sent, length)
    const result = yield* retried(loop, fd, 'writing', send)
    if (sent === 0 && refusals.includes(result)) {
      if (fallback) return yield* copyByHand(fd, file, offset, count)
      throw new SendfileNotAvailableError({ cause: osError(result, 'sendfile') })
    }
    if (result < 0) throw osError(result, 'sendfile')
    if (result === 0) break
    sent += result
    if (sent < count) yield* fdReady(loop, fd, 'writing')
  }
  return sent
}

function* copyByHand(fd: number, file: SourceFile, offset: number, count: number): Gen<number> {
  return yield* eachChunk(file, offset, count, chunkBytes, function* (chunk) {
    const loop = getRunningLoop()
    for (let done = 0; done < chunk.length;) {
      const writeRest = () => write(fd, chunk, done, chunk.length - done)
      const result = yield* retried(loop, fd, 'writing', writeRest)
      if (result < 0) throw osError(result, 'write')
      done += result
    }
  })
}

/** Reads a part of a file, and gives it on piece by piece: how many bytes that were. */
export function* eachChunk(
  file: SourceFile,
  offset: number,
  count: number,
  most: number,
  give: (chunk: Buffer) => Gen<void>,
): Gen<number> {
  const loop = getRunningLoop()
  let given = 0
  while (given < count) {
    const memory = Buffer.allocUnsafe(Math.min(most, count - given))
    const length = yield* file.read(loop, memory, memory.length, offset + given)
    if (length === 0) break
    yield* give(memory.subarray(0, length))
    given += length
  }
  return given
}
