const brand = Symbol.for('tsyncio.SequenceBrokenError')

/** A place in a sequence can never be reached: somebody before it was cancelled. */
export class SequenceBrokenError extends Error {
  static {
    this.prototype.name = 'SequenceBrokenError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_SEQUENCE_BROKEN'
}
