const brand = Symbol.for('tsyncio.IncompleteReadError')

/** The stream ended in the middle of what was to be read. */
export class IncompleteReadError extends Error {
  static {
    this.prototype.name = 'IncompleteReadError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_INCOMPLETE_READ'
  /** What there was; it has been taken from the stream. */
  readonly partial: Buffer
  /** How many bytes were asked for; null when it was for a separator. */
  readonly expected: number | null

  constructor(partial: Buffer, expected: number | null) {
    const wanted = expected === null ? 'before the separator came' : `of ${expected} expected`
    super(`The stream ended after ${partial.length} bytes ${wanted}.`)
    this.partial = partial
    this.expected = expected
  }
}
