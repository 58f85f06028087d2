import type { CancelledError } from '@tsyncio/loop'

import type { Strand } from './strand.js'

/** The `task.signal`s that were read inside one cancel scope, one for each strand. */
export class ScopeSignals {
  readonly #controllers = new Map<Strand, AbortController>()

  /** @param cancelled why a signal that is made now is aborted already, if it is. */
  of(strand: Strand, cancelled: () => CancelledError | undefined): AbortSignal {
    let controller = this.#controllers.get(strand)
    if (controller === undefined) {
      controller = new AbortController()
      this.#controllers.set(strand, controller)
      const error = cancelled()
      if (error !== undefined) controller.abort(error)
    }
    return controller.signal
  }

  abort(strand: Strand, error: CancelledError): void {
    this.#controllers.get(strand)?.abort(error)
  }

  abortAll(error: CancelledError): void {
    for (const controller of this.#controllers.values()) controller.abort(error)
  }

  /** The cancellation of `strand` was taken back: the next signal is a new one. */
  renew(strand: Strand): void {
    if (this.#controllers.get(strand)?.signal.aborted === true) this.#controllers.delete(strand)
  }

  delete(strand: Strand): void {
    this.#controllers.delete(strand)
  }
}
