const brand = Symbol.for('tsyncio.FdsLostError')

/** File descriptors came with the data of a connection, and could not all be taken. */
export class FdsLostError extends Error {
  static {
    this.prototype.name = 'FdsLostError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_FDS_LOST'
  /** How many the connection keeps until they are taken. */
  readonly maxFds: number

  constructor(maxFds: number) {
    super(
      `File descriptors came that had no room: the connection keeps at most ${maxFds} (maxFds) ` +
        'until takeFds() or receiveFds(), and the process may have no more. Nobody could tell ' +
        'which ones are missing, so the connection has ended.',
    )
    this.maxFds = maxFds
  }
}
