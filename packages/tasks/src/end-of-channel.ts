const brand = Symbol.for('tsyncio.EndOfChannel')

/** All that was sent has been received, and nobody is left who could send more. */
export class EndOfChannel extends Error {
  static {
    this.prototype.name = 'EndOfChannel'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_END_OF_CHANNEL'
}
