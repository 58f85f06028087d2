import { close, errorName } from '@tsyncio/syscalls'

/** The fds of one test; `using` closes them. */
export class Opened {
  readonly #fds = new Set<number>()

  /** An fd, which must not be an error. */
  fd(result: number): number {
    if (result < 0) throw new Error(`no fd but ${errorName(result)}`)
    this.#fds.add(result)
    return result
  }

  /** The fds of a call that makes two. */
  pair(make: (out: Int32Array) => number): [number, number] {
    const out = new Int32Array(2)
    const result = make(out)
    if (result < 0) throw new Error(`no fds but ${errorName(result)}`)
    return [this.fd(out[0]!), this.fd(out[1]!)]
  }

  close(fd: number): void {
    this.#fds.delete(fd)
    close(fd)
  }

  [Symbol.dispose](): void {
    for (const fd of this.#fds) close(fd)
  }
}
