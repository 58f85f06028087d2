const brand = Symbol.for('tsyncio.WouldBlockError')

/** It could not be done without waiting, and the call was one that does not wait. */
export class WouldBlockError extends Error {
  static {
    this.prototype.name = 'WouldBlockError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_WOULD_BLOCK'
}
