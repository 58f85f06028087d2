import { CancelScope } from './cancel-scope.js'
import type { Strand } from './strand.js'

/**
 * A wait in which the library completes what it has begun: the tasks of a group, a lock
 * that is taken again. A cancelled scope interrupts it once; after that it is shielded
 * from scopes, or it would be interrupted in every turn until what it waits for happens.
 * `Task.cancel()` goes on reaching it, each request once.
 */
export class CompletingWait {
  readonly #strand: Strand
  #shield: CancelScope | undefined

  constructor(strand: Strand) {
    this.#strand = strand
  }

  /** The wait was interrupted, and is about to be taken up again. */
  interrupted(): void {
    if (this.#strand.scope === undefined || this.#shield !== undefined) return
    this.#shield = new CancelScope({ shield: true })
    this.#shield.enter(this.#strand)
  }

  /** The wait is over. */
  end(): void {
    this.#shield?.leave()
    this.#shield = undefined
  }
}
