import { encodeAddress, type Address } from '@tsyncio/syscalls'

import { requirePlace, type Place } from '../names/place.js'
import { numeric } from '../names/resolve.js'

/** Where a datagram comes from or goes to: a place, or an address as one was received from. */
export type DatagramPlace = Place | Address

export type AddressFamily = NonNullable<Address['family']>

/** @throws TypeError or RangeError if `place` is neither a place nor an address. */
export function requireDatagramPlace(place: DatagramPlace): void {
  if (typeof place === 'object' && place !== null && 'address' in place) encodeAddress(place)
  else requirePlace(place)
}

/**
 * The address that `place` is, without looking up a name.
 *
 * @param family of the socket: which loopback address this machine has for it.
 * @throws RangeError if it is a name; TypeError or RangeError if it is no place at all.
 */
export function addressOf(place: DatagramPlace, family: AddressFamily): Address {
  requireDatagramPlace(place)
  if ('path' in place) return { family: 'Unix', path: place.path }
  if ('address' in place) return place
  const { host = '', port } = place
  const isHere = host === '' || host === 'localhost'
  const loopback = family === 'IPv6' ? '::1' : '127.0.0.1'
  const address = numeric(isHere ? loopback : host, port)
  if (address !== undefined) return address
  throw new RangeError(
    `Expected a numeric address to send to, got "${host}": connect to a name, or look it up once.`,
  )
}
