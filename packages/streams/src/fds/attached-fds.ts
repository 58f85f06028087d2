import { close, dup, osError } from '@tsyncio/syscalls'

/** Fds that wait to be sent with the first byte of a chunk: duplicates, which are ours. */
export class AttachedFds {
  readonly #fds = new Map<Uint8Array, Int32Array>()

  /** @throws OSError if an fd is not open, or no more can be. */
  attach(chunk: Uint8Array, fds: Iterable<number>): void {
    const duplicates: number[] = []
    for (const fd of fds) {
      const duplicate = dup(fd)
      if (duplicate < 0) {
        duplicates.forEach(close)
        throw osError(duplicate, 'dup')
      }
      duplicates.push(duplicate)
    }
    this.#fds.set(chunk, Int32Array.from(duplicates))
  }

  get(chunk: Uint8Array): Int32Array | undefined {
    return this.#fds.get(chunk)
  }

  /** The chunks before the first one, after the one at the front, that has fds. */
  before(chunks: Uint8Array[]): Uint8Array[] {
    const end = chunks.findIndex((chunk, i) => i > 0 && this.#fds.has(chunk))
    return end < 0 ? chunks : chunks.slice(0, end)
  }

  /** The fds of `chunk` are with the kernel. */
  sent(chunk: Uint8Array): void {
    this.#fds.get(chunk)?.forEach((fd) => close(fd))
    this.#fds.delete(chunk)
  }

  close(): void {
    for (const chunk of [...this.#fds.keys()]) this.sent(chunk)
  }
}
