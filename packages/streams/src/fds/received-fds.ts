import { close, MSG_CTRUNC, recvmsg } from '@tsyncio/syscalls'

// What recvmsg writes before the fds.
const flagsWord = 1
const countWord = 2
export const wordsBeforeFds = 3
/** As many fds as the kernel lets one message carry (`SCM_MAX_FD`). */
export const mostFds = 253

/** The fds that came with the bytes of a connection, until somebody takes them. */
export class ReceivedFds {
  readonly max: number
  readonly #words: Int32Array
  #fds: number[] = []
  #lost = false

  constructor(max: number) {
    this.max = max
    this.#words = new Int32Array(wordsBeforeFds + Math.min(max, mostFds))
  }

  /** Whether fds came that had no room. */
  get lost(): boolean {
    return this.#lost
  }

  /** `recvmsg(2)`: how many bytes came, 0 at the end, or `-errno`. */
  readInto(fd: number, bytes: Uint8Array): number {
    const words = this.#words
    const count = recvmsg(fd, [bytes], 0, null, words)
    if (count < 0) return count
    if (((words[flagsWord] as number) & MSG_CTRUNC) !== 0) this.#lost = true
    const end = wordsBeforeFds + (words[countWord] as number)
    for (const received of words.subarray(wordsBeforeFds, end)) this.#keep(received)
    return count
  }

  /** Hands out the oldest ones, at most `most`. They are the caller's. */
  take(most: number): number[] {
    return this.#fds.splice(0, most)
  }

  /** Closes those that nobody took. */
  close(): void {
    for (const fd of this.take(Infinity)) close(fd)
  }

  #keep(fd: number): void {
    if (this.#fds.length < this.max) this.#fds.push(fd)
    else {
      close(fd)
      this.#lost = true
    }
  }
}
