const brand = Symbol.for('tsyncio.QueueShutDown')

/** The queue was shut down: it takes nothing any more, and has nothing left to give. */
export class QueueShutDown extends Error {
  static {
    this.prototype.name = 'QueueShutDown'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_QUEUE_SHUT_DOWN'
}
