/** The operation does not fit the state that the object is in; the message says which. */
export class InvalidStateError extends Error {
  static {
    this.prototype.name = 'InvalidStateError'
  }
  readonly code = 'ERR_TSYNCIO_INVALID_STATE'
}
