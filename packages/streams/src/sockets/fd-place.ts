import { requireFd, type FdLike } from './fd-like.js'

/** A stream socket that is there already: inherited, accepted elsewhere or received. */
export interface FdPlace {
  readonly fd: FdLike
}

/** Whether a place is a socket that exists already. */
export function isFdPlace(place: object): place is FdPlace {
  return typeof place === 'object' && place !== null && 'fd' in place
}

/** @throws TypeError or RangeError if `place` is not `{ fd }` alone, or that is no fd. */
export function requireFdPlace({ fd, ...others }: FdPlace): void {
  if (Object.values(others).some((value) => value !== undefined))
    throw new TypeError('Expected either { fd } or an address, got both.')
  requireFd(fd)
}
