/** @throws TypeError or RangeError if `fd` cannot be one. */
export function requireFd(fd: unknown): void {
  if (typeof fd !== 'number') throw new TypeError(`Expected an fd, got ${typeof fd}.`)
  if (!Number.isInteger(fd) || fd < 0 || fd > 2 ** 31 - 1)
    throw new RangeError(`Expected an fd, got ${fd}.`)
}
