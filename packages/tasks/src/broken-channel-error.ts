const brand = Symbol.for('tsyncio.BrokenChannelError')

/** Nobody is left who could receive what is sent. */
export class BrokenChannelError extends Error {
  static {
    this.prototype.name = 'BrokenChannelError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_BROKEN_CHANNEL'
}
