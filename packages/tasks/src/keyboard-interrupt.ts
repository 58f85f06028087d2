/** Ctrl-C ended the main task. */
export class KeyboardInterrupt extends Error {
  static {
    this.prototype.name = 'KeyboardInterrupt'
  }
  readonly code = 'ERR_TSYNCIO_INTERRUPTED'
}
