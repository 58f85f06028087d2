/**
 * A system call was wanted where there are none: on another operating system, in
 * another runtime, or in a checkout that was not built. The message says which.
 */
export class UnsupportedError extends Error {
  static {
    this.prototype.name = 'UnsupportedError'
  }
  readonly code = 'ERR_TSYNCIO_UNSUPPORTED'
}
