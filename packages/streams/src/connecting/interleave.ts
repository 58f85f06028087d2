import type { IPAddress } from '@tsyncio/syscalls'

/**
 * The addresses with their families in turn (RFC 8305, section 4), `first` of the first
 * one's family before the others begin; with 0 in the order that they have.
 */
export function interleave(addresses: readonly IPAddress[], first: number): readonly IPAddress[] {
  if (first === 0) return addresses
  const leading = addresses.filter(({ family }) => family === addresses[0]?.family)
  const others = addresses.filter(({ family }) => family !== addresses[0]?.family)
  const ordered = leading.splice(0, first - 1)
  while (leading.length > 0 || others.length > 0) {
    ordered.push(...leading.splice(0, 1), ...others.splice(0, 1))
  }
  return ordered
}
