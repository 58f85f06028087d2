/**
 * What was being run can never be woken again: nothing is ready, no timer runs, no fd
 * is watched. The message says who waits for whom.
 */
export class DeadlockError extends Error {
  static {
    this.prototype.name = 'DeadlockError'
  }
  readonly code = 'ERR_TSYNCIO_DEADLOCK'
}
