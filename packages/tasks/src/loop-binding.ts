import type { EventLoop } from '@tsyncio/loop'

import { steppingStrand } from './strand.js'

/** The loop whose tasks wait at an object: that of the first one that had to wait. */
export class LoopBinding {
  readonly #owner: { toString(): string }
  #loop: EventLoop | undefined

  constructor(owner: { toString(): string }) {
    this.#owner = owner
  }

  /** @throws TypeError if tasks of another loop have waited before. */
  bind(): void {
    const loop = steppingStrand()?.loop
    if (loop === undefined) throw new Error(`${this.toString()} must be used inside a task.`)
    this.#loop ??= loop
    if (this.#loop !== loop) {
      throw new TypeError(
        `${this.toString()} belongs to another loop: tasks of that one have waited for it.`,
      )
    }
  }

  /** As the object describes itself. */
  toString(): string {
    return this.#owner.toString()
  }
}
