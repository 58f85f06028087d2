const brand = Symbol.for('tsyncio.SendfileNotAvailableError')

/** A file cannot be sent without a copy, and reading and writing it was not wanted. */
export class SendfileNotAvailableError extends Error {
  static {
    this.prototype.name = 'SendfileNotAvailableError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_SENDFILE_NOT_AVAILABLE'

  /** @param options with the kernel's refusal as `cause`, if it was asked. */
  constructor(options?: ErrorOptions) {
    super(
      'The file cannot be sent by sendfile(2) there: leave out `fallback: false` to have it read and written.',
      options,
    )
  }
}
