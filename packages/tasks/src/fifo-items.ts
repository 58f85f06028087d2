import type { QueueItems } from './queue-items.js'

const smallest = 16

/** First in, first out: a ring that grows and shrinks by the factor two. */
export class FifoItems<T> implements QueueItems<T> {
  #ring = new Array<T | undefined>(smallest)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(item: T): void {
    if (this.#size === this.#ring.length) this.#resize(this.#size * 2)
    this.#ring[(this.#head + this.#size++) & (this.#ring.length - 1)] = item
  }

  pop(): T {
    const item = this.#ring[this.#head] as T
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#size--
    if (this.#size * 8 < this.#ring.length && this.#ring.length > smallest) {
      this.#resize(this.#ring.length / 2)
    }
    return item
  }

  #resize(length: number): void {
    const ring = new Array<T | undefined>(length)
    for (let i = 0; i < this.#size; i++) {
      ring[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)]
    }
    this.#ring = ring
    this.#head = 0
  }
}
