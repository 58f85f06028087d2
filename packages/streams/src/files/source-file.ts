import type { EventLoop } from '@tsyncio/loop'
import { until, type Gen } from '@tsyncio/tasks'
import { closeSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'

import { requireFd, type FdLike } from '../sockets/fd-like.js'

const readLater = promisify(read)

/** A file to send: an open one (an fd, a `FileHandle`), or its path. */
export type FileLike = FdLike | { readonly fd: number } | string | URL

/** @throws TypeError or RangeError if it is no file. */
export function requireFile(file: FileLike): void {
  if (typeof file !== 'string' && !(file instanceof URL)) fdOf(file)
}

function fdOf(file: Exclude<FileLike, string | URL>): number {
  if (typeof file === 'object' && file !== null && 'fd' in file) return requireFd(file.fd)
  return requireFd(file)
}

/** The file that is sent. What was opened here is closed by {@link close}. */
export class SourceFile {
  readonly fd: number
  readonly #isOurs: boolean

  /** @throws Node's own error if a path cannot be opened. */
  constructor(file: FileLike) {
    this.#isOurs = typeof file === 'string' || file instanceof URL
    this.fd = typeof file === 'string' || file instanceof URL ? openSync(file, 'r') : fdOf(file)
  }

  close(): void {
    if (this.#isOurs) closeSync(this.fd)
  }

  /** Reads into `memory`, by a thread of Node's where there is one to wait for. */
  *read(loop: EventLoop, memory: Uint8Array, length: number, at: number): Gen<number> {
    const isBlocking = loop.core.driver?.name === 'blocking'
    if (isBlocking) return readSync(this.fd, memory, 0, length, at)
    return (yield* until(readLater(this.fd, memory, 0, length, at))).bytesRead
  }
}
