// A C int.
const mostFd = 0x7fff_ffff

/** An open file descriptor, or what has one. */
export type FdLike = number | { fileno(): number }

/** @throws TypeError or RangeError if it is none. */
export function requireFd(like: FdLike): number {
  const has = typeof (like as { fileno?: unknown } | null)?.fileno === 'function'
  const fd: unknown = has ? (like as { fileno(): number }).fileno() : like
  if (typeof fd !== 'number') throw new TypeError(`Expected a file descriptor, got ${typeof fd}.`)
  if (!Number.isInteger(fd) || fd < 0 || fd > mostFd) {
    throw new RangeError(`Expected a file descriptor, got ${fd}.`)
  }
  return fd
}
