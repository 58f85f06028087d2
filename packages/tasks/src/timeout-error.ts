const brand = Symbol.for('tsyncio.TimeoutError')

/** The time was up. */
export class TimeoutError extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_TIMEOUT'
}
