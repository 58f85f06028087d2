const brand = Symbol.for('tsyncio.CancelledError')

/**
 * The wait was cancelled. Thrown at the wait of a cancelled task, in both spellings.
 *
 * It stands on a root of its own, outside of this library's other errors. A `catch`
 * that is not meant for it must pass it on: `if (isCancelled(error)) throw error`.
 *
 * @example
 * ```ts
 * import { CancelledError, isCancelled } from '@tsyncio/loop'
 *
 * console.log(isCancelled(new CancelledError('enough'))) // true
 * ```
 */
export class CancelledError extends Error {
  static {
    this.prototype.name = 'CancelledError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_CANCELLED'

  constructor(message = '') {
    super(message)
  }
}

/** Whether `error` is a {@link CancelledError}, of this copy of the library or another. */
export function isCancelled(error: unknown): error is CancelledError {
  return typeof error === 'object' && error !== null && brand in error
}
