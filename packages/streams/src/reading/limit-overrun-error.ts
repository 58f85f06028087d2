const brand = Symbol.for('tsyncio.LimitOverrunError')

/** What was to be read in one piece is longer than the reader's limit. No data is lost. */
export class LimitOverrunError extends Error {
  static {
    this.prototype.name = 'LimitOverrunError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_LIMIT_OVERRUN'
  /** How many bytes can be read without the separator; they are still in the stream. */
  readonly consumed: number

  constructor(consumed: number, limit: number) {
    super(
      `There is no separator in the first ${consumed} bytes, and the limit is ${limit}: ` +
        `take them with readExactly(${consumed}), or raise the reader's limit.`,
    )
    this.consumed = consumed
  }
}
