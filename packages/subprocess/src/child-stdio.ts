import { closeSync, openSync } from 'node:fs'
import { close, fcntl, F_SETFL, O_NONBLOCK, osError, pipe2 } from '@tsyncio/syscalls'

import { STDOUT } from './stdio-option.js'
import type { SubprocessOptions } from './subprocess-options.js'

/**
 * The ends of a child's stdin, stdout and stderr. A pipe's end that is ours does not
 * block; the child's does, as programs expect it.
 */
export class ChildStdio {
  /** What becomes the child's fds 0, 1 and 2. */
  readonly fds: number[] = []
  readonly #ours: number[] = [-1, -1, -1]
  readonly #theirs: number[] = []
  #null: number | undefined

  /** @throws OSError if there are no more fds; nothing is left open then. */
  constructor({ stdin = 'inherit', stdout = 'inherit', stderr = 'inherit' }: SubprocessOptions) {
    try {
      for (const option of [stdin, stdout, stderr]) this.fds.push(this.#open(option))
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

  /** The child has its ends: they are closed here. */
  closeTheirs(): void {
    for (const fd of this.#theirs.splice(0)) close(fd)
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

  #open(option: string | number): number {
    if (typeof option === 'number') return option
    if (option === 'pipe') return this.#openPipe()
    if (option === STDOUT) return this.fds[1] as number
    if (option === 'null') return (this.#null ??= openSync('/dev/null', 'r+'))
    return this.fds.length
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
