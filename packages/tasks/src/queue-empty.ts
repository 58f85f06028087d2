const brand = Symbol.for('tsyncio.QueueEmpty')

/** There was nothing to get at once. */
export class QueueEmpty extends Error {
  static {
    this.prototype.name = 'QueueEmpty'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_QUEUE_EMPTY'
}
