import { osError, poll } from '@tsyncio/syscalls'
import { deadlineAfter, mustGoOn, timeLeft } from './deadline.js'

const FIRST_CAPACITY = 16

/**
 * The array of `struct pollfd` that `poll(2)` works on, dense and kept between calls:
 * removing an fd puts the last one into its place.
 */
export class PollSet {
  #entries = new Int32Array(2 * FIRST_CAPACITY)
  readonly #indexes = new Map<number, number>()

  get size(): number {
    return this.#indexes.size
  }

  has(fd: number): boolean {
    return this.#indexes.has(fd)
  }

  /** Adds `fd`, or replaces what it is watched for. */
  set(fd: number, events: number): void {
    let index = this.#indexes.get(fd)
    if (index === undefined) {
      index = this.#indexes.size
      if (2 * index === this.#entries.length) this.#grow()
      this.#indexes.set(fd, index)
    }
    this.#entries[2 * index] = fd
    this.#entries[2 * index + 1] = events
  }

  /** Removes `fd`; false if it was not there. */
  delete(fd: number): boolean {
    const index = this.#indexes.get(fd)
    if (index === undefined) return false
    const entries = this.#entries
    const last = this.#indexes.size - 1
    const lastFd = entries[2 * last]!
    entries[2 * index] = lastFd
    entries[2 * index + 1] = entries[2 * last + 1]!
    this.#indexes.set(lastFd, index)
    this.#indexes.delete(fd)
    return true
  }

  clear(): void {
    this.#indexes.clear()
  }

  /** Waits until something is ready, never shorter than `wait`: how many are. */
  wait(wait: number): number {
    const deadline = deadlineAfter(wait)
    let count = poll(this.#entries, this.size, wait)
    while (mustGoOn(count, deadline)) count = poll(this.#entries, this.size, timeLeft(deadline))
    if (count < 0) throw osError(count, 'poll')
    return count
  }

  fdAt(index: number): number {
    return this.#entries[2 * index]!
  }

  /** What the last wait found of the entry. */
  reventsAt(index: number): number {
    return this.#entries[2 * index + 1]! >>> 16
  }

  #grow(): void {
    const entries = new Int32Array(2 * this.#entries.length)
    entries.set(this.#entries)
    this.#entries = entries
  }
}
