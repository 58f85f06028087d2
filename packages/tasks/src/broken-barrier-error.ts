const brand = Symbol.for('tsyncio.BrokenBarrierError')

/** The barrier was aborted, or was reset while a task waited at it. */
export class BrokenBarrierError extends Error {
  static {
    this.prototype.name = 'BrokenBarrierError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_BROKEN_BARRIER'
}
