const brand = Symbol.for('tsyncio.QueueFull')

/** There was no room to put something at once. */
export class QueueFull extends Error {
  static {
    this.prototype.name = 'QueueFull'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_QUEUE_FULL'
}
