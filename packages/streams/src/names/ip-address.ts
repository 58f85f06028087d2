import { encodeAddress, type IPAddress } from '@tsyncio/syscalls'

/** @throws TypeError or RangeError if it is no IP address. */
export function requireIPAddress(address: IPAddress): void {
  encodeAddress(address)
  if ('path' in address) throw new TypeError('Expected an IP address, got that of a Unix socket.')
}
