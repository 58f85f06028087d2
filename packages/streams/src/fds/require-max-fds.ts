/** How many received fds a connection may keep. */
export interface MaxFdsOption {
  /**
   * How many fds that other processes send over a Unix socket are kept until they are taken
   * (see `receiveFds`); if more come, the connection ends with a FdsLostError. Default: 0,
   * for which the kernel closes what comes.
   */
  readonly maxFds?: number
}

/** @throws TypeError or RangeError if it is no such number. */
export function requireMaxFds({ maxFds }: MaxFdsOption): void {
  if (maxFds === undefined) return
  if (typeof maxFds !== 'number')
    throw new TypeError(`Expected a number for maxFds, got ${typeof maxFds}.`)
  if (!Number.isInteger(maxFds) || maxFds < 0)
    throw new RangeError(`Expected maxFds of at least 0, got ${maxFds}.`)
}
