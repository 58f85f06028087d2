const brand = Symbol.for('tsyncio.ClosedError')

/** What was to be used has been closed on this side, before or meanwhile. */
export class ClosedError extends Error {
  static {
    this.prototype.name = 'ClosedError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_CLOSED'
}
