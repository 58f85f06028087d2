import { BaseSelector } from './base-selector.js'
import { EVENT_READ, EVENT_WRITE } from './events.js'
import type { ReadyList } from './ready-list.js'
import { waitForSets } from './wait-for-sets.js'

const NONE = new Int32Array(0)

/**
 * A selector on `select(2)`: everywhere, but every call costs as much as there are fds,
 * and an fd of 1,024 or more makes `select()` throw a RangeError.
 */
export class SelectSelector<Data = unknown> extends BaseSelector<Data> {
  #reads = new Int32Array(0)
  #writes = new Int32Array(0)

  /** @throws UnsupportedError where there are no system calls. */
  constructor() {
    super()
    waitForSets(NONE, 0, NONE, 0, NONE, 0, 0)
  }

  protected attach(): void {
    if (this.keys.size < this.#reads.length) return
    this.#reads = new Int32Array(2 * this.keys.size + 16)
    this.#writes = new Int32Array(2 * this.keys.size + 16)
  }

  protected change(): void {}

  protected detach(): void {}

  protected collect(wait: number, ready: ReadyList<Data>): number {
    const reads = this.#reads
    const writes = this.#writes
    let r = 0
    let w = 0
    for (const { fd, events } of this.keys.values()) {
      if (events & EVENT_READ) reads[r++] = fd
      if (events & EVENT_WRITE) writes[w++] = fd
    }
    const count = waitForSets(reads, r, writes, w, NONE, 0, wait)
    return count === 0 ? 0 : this.#gather(ready)
  }

  // The keys come in the order in which the arrays were filled.
  #gather(ready: ReadyList<Data>): number {
    let r = 0
    let w = 0
    let count = 0
    for (const key of this.keys.values()) {
      let mask = 0
      if (key.events & EVENT_READ && this.#reads[r++] !== -1) mask |= EVENT_READ
      if (key.events & EVENT_WRITE && this.#writes[w++] !== -1) mask |= EVENT_WRITE
      if (mask === 0) continue
      ready.keys[count] = key
      ready.masks[count++] = mask
    }
    return count
  }

  protected release(): void {}
}
