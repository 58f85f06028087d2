import { isIPv4, isIPv6, SocketAddress } from 'node:net'

import {
  decodeAddress,
  encodeAddress,
  formatIPv4,
  formatIPv6,
  parseIPv4,
  parseIPv6,
  type Address,
} from '@tsyncio/syscalls'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

// Texts that are addresses, nearly, or not at all.
const pieces = fc.constantFrom(
  '0',
  '1',
  '01',
  '255',
  '256',
  'ffff',
  'FFFF',
  '10000',
  'g',
  '',
  '::',
  '1.2.3.4',
)
const ipLike = fc
  .array(fc.tuple(pieces, fc.constantFrom(':', '.', '::')), { maxLength: 9 })
  .map((parts) => parts.flat().join('').slice(0, -1))

describe('numeric IP addresses', () => {
  it('are recognised as Node recognises them', () => {
    fc.assert(
      fc.property(ipLike, (text) => {
        expect([text, parseIPv4(text) !== undefined]).toEqual([text, isIPv4(text)])
        expect([text, parseIPv6(text) !== undefined]).toEqual([text, isIPv6(text)])
      }),
      { numRuns: 5000 },
    )
  })

  it('are written as Node writes them, and read back the same', () => {
    const groups = fc.array(fc.constantFrom(0, 0, 0, 1, 0xffff, 0xabc), {
      minLength: 8,
      maxLength: 8,
    })
    fc.assert(
      fc.property(groups, (group) => {
        const bytes = Uint8Array.from(group.flatMap((word) => [word >> 8, word & 255]))
        const text = formatIPv6(bytes)
        const { address } = new SocketAddress({
          family: 'ipv6',
          address: group.map((word) => word.toString(16)).join(':'),
        })
        expect(text).toBe(address)
        expect(parseIPv6(text)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
    expect(formatIPv4(parseIPv4('10.0.255.1')!)).toBe('10.0.255.1')
  })

  it('have no zone, no spaces and no other radix', () => {
    for (const text of [
      'fe80::1%eth0',
      ' ::1',
      '::1 ',
      '0x7f.0.0.1',
      '127.1',
      '1.2.3.4.5',
      '01.2.3.4',
    ]) {
      expect([text, parseIPv4(text), parseIPv6(text)]).toEqual([text, undefined, undefined])
    }
  })
})

describe('encodeAddress and decodeAddress', () => {
  it('give back every kind of address', () => {
    const addresses: Address[] = [
      { family: 'IPv4', address: '127.0.0.1', port: 65_535 },
      { family: 'IPv6', address: '::1', port: 80 },
      { family: 'IPv6', address: 'fe80::1', port: 0, scopeId: 3, flowInfo: 7 },
      { family: 'Unix', path: '/tmp/ä socket' },
      { family: 'Unix', path: '\0abstract\0name' },
      { family: 'Unix', path: '' },
    ]
    for (const address of addresses) expect(decodeAddress(encodeAddress(address))).toEqual(address)
  })

  it('read only what is there', () => {
    const bytes = encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 1 })
    expect(decodeAddress(bytes, 15)).toBeUndefined()
    expect(decodeAddress(bytes, 1)).toBeUndefined()
    expect(decodeAddress(new Uint8Array(0))).toBeUndefined()
    expect(decodeAddress(Uint8Array.of(16, 0, 0, 0))).toBeUndefined()
    expect(decodeAddress(new Uint8Array(128), 0)).toBeUndefined()
    const longer = new Uint8Array(128)
    longer.set(encodeAddress({ path: '/tmp/x' }), 0)
    expect(decodeAddress(longer, 9)).toEqual({ family: 'Unix', path: '/tmp/x' })
  })

  it('take a Unix path of 107 bytes and an abstract name of 108, and no longer', () => {
    const path = '/'.padEnd(107, 'x')
    expect(encodeAddress({ path })).toHaveLength(110)
    expect(() => encodeAddress({ path: `${path}x` })).toThrow(
      `the path of a Unix socket has at most 107 bytes, this one 108: ${path}x`,
    )
    expect(encodeAddress({ path: '\0'.padEnd(108, 'x') })).toHaveLength(110)
    expect(() => encodeAddress({ path: '\0'.padEnd(109, 'x') })).toThrow(RangeError)
    expect(() => encodeAddress({ path: 'ä'.repeat(54) })).toThrow(RangeError)
    expect(() => encodeAddress({ path: 'a\0b' })).toThrow(TypeError)
  })

  it('refuse what is no address', () => {
    const encode = (address: unknown) => () => encodeAddress(address as Address)
    expect(encode({ family: 'IPv4', address: 'localhost', port: 1 })).toThrow(
      'encodeAddress(): "localhost" is not an IPv4 address',
    )
    expect(encode({ family: 'IPv4', address: '::1', port: 1 })).toThrow(RangeError)
    for (const port of [-1, 65_536, 1.5, NaN]) {
      expect(encode({ family: 'IPv6', address: '::', port })).toThrow(RangeError)
    }
    expect(encode({ family: 'IPv4', address: '1.2.3.4', port: '80' })).toThrow(TypeError)
    expect(encode({ family: 'IPv4', address: 1, port: 80 })).toThrow(TypeError)
    for (const nothing of [null, undefined, 'x', 1, {}, { family: 'IPX', path: '/' }]) {
      expect(encode(nothing)).toThrow(TypeError)
    }
  })
})
