import { closeSync, openSync } from 'node:fs'
import { close, fcntl, F_SETFL, O_NONBLOCK, osError, pipe2 } from '@tsyncio/syscalls'

import { openFile } from './open-file.js'
import { fdOf } from './fd-of.js'
import { STDOUT, type FileStdio } from './stdio-option.js'
import type { SubprocessOptions } from './subprocess-options.js'

/**
 * The ends of a child's stdin, stdout and stderr. A pipe's end that is ours does not
 * block; the child's does, as programs expect it.
 */
export class ChildStdio {
  /** What becomes the child's fds 0, 1 and 2. */
  readonly fds: number[] = []
  readonly #options: readonly unknown[]
  readonly #ours: number[] = [-1, -1, -1]
  readonly #theirs: number[] = []
  readonly #files: number[] = []
  #null: number | undefined

  /** @throws OSError if there are no more fds, or no such file; nothing is left open then. */
  constructor({ stdin = 'inherit', stdout = 'inherit', stderr = 'inherit' }: SubprocessOptions) {
    this.#options = [stdin, stdout, stderr]
    try {
      for (const option of this.#options) this.fds.push(this.#open(option))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Hands out this process's end of the child's `fd`, once; null if there is none. */
  take(fd: 0 | 1 | 2): number | null {
    const end = this.#ours[fd] as number
    this.#ours[fd] = -1
    return end < 0 ? null : end
  }

  /** The stream that the child's `fd` is copied from or to; undefined if there is none. */
  streamOf(fd: 0 | 1 | 2): object | undefined {
    const option = this.#options[fd]
    return typeof option === 'object' && (this.#ours[fd] as number) >= 0
      ? (option as object)
      : undefined
  }

  /** The child has its ends: they are closed here. */
  closeTheirs(): void {
    for (const fd of this.#theirs.splice(0)) close(fd)
    for (const fd of this.#files.splice(0)) closeSync(fd)
    if (this.#null !== undefined) closeSync(this.#null)
    this.#null = undefined
  }

  /** Closes whatever nobody took. */
  close(): void {
    this.closeTheirs()
    for (const fd of [0, 1, 2] as const) {
      const end = this.take(fd)
      if (end !== null) close(end)
    }
  }

  #open(option: unknown): number {
    const given = fdOf(option)
    if (given !== undefined) return given
    if (option === STDOUT) return this.fds[1] as number
    if (option === 'null') return (this.#null ??= openSync('/dev/null', 'r+'))
    if (option === 'inherit') return this.fds.length
    if (typeof option !== 'object') return this.#openPipe()
    // One file, or one stream, for both has what both write in order.
    if (this.fds.length === 2 && option === this.#options[1]) return this.fds[1] as number
    return 'file' in (option as object) ? this.#openFile(option as FileStdio) : this.#openPipe()
  }

  #openFile(option: FileStdio): number {
    const fd = openFile(option, this.fds.length === 0)
    this.#files.push(fd)
    return fd
  }

  #openPipe(): number {
    const ends = new Int32Array(2)
    const result = pipe2(ends, 0)
    if (result < 0) throw osError(result, 'pipe2')
    const fd = this.fds.length
    const [readable, writable] = ends as unknown as [number, number]
    const [ours, theirs] = fd === 0 ? [writable, readable] : [readable, writable]
    this.#ours[fd] = ours
    this.#theirs.push(theirs)
    fcntl(ours, F_SETFL, O_NONBLOCK)
    return theirs
  }
}
