const brand = Symbol.for('tsyncio.ClosedSelectorError')

/** A selector or an epoll object was used after its `close()`. */
export class ClosedSelectorError extends Error {
  static {
    this.prototype.name = 'ClosedSelectorError'
  }

  /** Like `instanceof`, also across two copies of this package. */
  static isInstance(value: unknown): value is ClosedSelectorError {
    return typeof value === 'object' && value !== null && brand in value
  }

  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_CLOSED_SELECTOR'

  /** @param what the name of the class whose object is closed. */
  constructor(what: string) {
    super(`this ${what} is closed: make a new one`)
  }
}
