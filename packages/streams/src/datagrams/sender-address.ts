import { decodeAddress, SOCKADDR_BYTES, type Address } from '@tsyncio/syscalls'

/** Where the kernel writes who has sent a datagram, and how long that is. */
export const senderBytes = Buffer.alloc(SOCKADDR_BYTES)
export const senderLength = new Int32Array(1)

// To make an address out of a sockaddr takes as long as to receive a datagram, and the other
// way round four times as long. Mostly one hears from the same peers again, and answers them.
const mostKept = 1024
const kept = new Map<string, Address | undefined>()
const sockaddrs = new WeakMap<object, Uint8Array>()

/** Who has sent the datagram that was received last; undefined if it has no name. */
export function senderAddress(): Address | undefined {
  const length = senderLength[0] as number
  const key = senderBytes.toString('latin1', 0, length)
  return kept.get(key) ?? keep(key, length)
}

/** The sockaddr that an address was made of. */
export function sockaddrOf(address: object): Uint8Array | undefined {
  return sockaddrs.get(address)
}

function keep(key: string, length: number): Address | undefined {
  const address = decodeAddress(senderBytes, length)
  if (address === undefined) return undefined
  // Frozen, so that the two stay the same.
  sockaddrs.set(Object.freeze(address), Uint8Array.from(senderBytes.subarray(0, length)))
  if (kept.size === mostKept) kept.clear()
  kept.set(key, address)
  return address
}
