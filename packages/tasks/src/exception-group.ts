const brand = Symbol.for('tsyncio.ExceptionGroup')

/**
 * Several errors at once (PEP 654), as an `AggregateError`: `errors` holds them in the
 * order in which they happened.
 */
export class ExceptionGroup extends AggregateError {
  static {
    this.prototype.name = 'ExceptionGroup'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_EXCEPTION_GROUP'

  constructor(message: string, errors: readonly unknown[]) {
    const count = `${errors.length} sub-exception${errors.length === 1 ? '' : 's'}`
    super(errors, `${message} (${count})`)
  }
}
