const brand = Symbol.for('tsyncio.ThreadDiedError')

/**
 * The thread ended before the call did: by an error that nobody caught (the `cause`), by
 * `process.exit()`, or because its executor was ended.
 */
export class ThreadDiedError extends Error {
  static {
    this.prototype.name = 'ThreadDiedError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_THREAD_DIED'
}
