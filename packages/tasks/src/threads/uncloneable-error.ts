const brand = Symbol.for('tsyncio.UncloneableError')

/** An argument or a result cannot cross threads: functions and the like cannot be cloned. */
export class UncloneableError extends TypeError {
  static {
    this.prototype.name = 'UncloneableError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_UNCLONEABLE'
}
