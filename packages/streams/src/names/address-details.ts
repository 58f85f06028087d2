import type { Address, OSErrorDetails } from '@tsyncio/syscalls'

/** How an error names an address. */
export function addressDetails(address: Address): OSErrorDetails {
  if ('path' in address) return { path: address.path.replace(/^\0/, '@') }
  return { address: address.address, port: address.port }
}
