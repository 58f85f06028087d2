import { InvalidStateError } from '@tsyncio/loop'

import { Semaphore } from './semaphore.js'

/**
 * A {@link Semaphore} that never has more permits than it began with (asyncio's
 * `BoundedSemaphore`): one `release` too many is an error.
 *
 * @example
 * ```ts
 * import { BoundedSemaphore } from 'tsyncio'
 *
 * try {
 *   new BoundedSemaphore(2).release()
 * } catch (error) {
 *   console.log((error as Error).name) // InvalidStateError
 * }
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number

  constructor(value = 1) {
    super(value)
    this.#bound = value
  }

  /** @throws InvalidStateError if all permits are there. */
  override release(): void {
    if (this.permits >= this.#bound && this.#bound !== Infinity) {
      throw new InvalidStateError(
        `${this.toString()} was released too often: it has all of its ${this.#bound} permits.`,
      )
    }
    super.release()
  }
}
