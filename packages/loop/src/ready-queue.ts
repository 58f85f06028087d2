import type { Runnable } from './runnable.js'

const smallest = 64

/** What waits to run, first in first out: a ring that grows by doubling. */
export class ReadyQueue {
  #ring: (Runnable | undefined)[] = new Array<Runnable | undefined>(smallest)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(runnable: Runnable): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#length++) & (this.#ring.length - 1)] = runnable
  }

  /** Takes the oldest; only for a queue that is not empty. */
  shift(): Runnable {
    const runnable = this.#ring[this.#head] as Runnable
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#length--
    return runnable
  }

  clear(): void {
    this.#ring = new Array<Runnable | undefined>(smallest)
    this.#head = 0
    this.#length = 0
  }

  #grow(): void {
    const { length } = this.#ring
    const ring = new Array<Runnable | undefined>(length * 2)
    for (let i = 0; i < length; i++) ring[i] = this.#ring[(this.#head + i) & (length - 1)]
    this.#ring = ring
    this.#head = 0
  }
}
