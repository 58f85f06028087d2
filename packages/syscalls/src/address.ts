import { AF_INET, AF_INET6, AF_UNIX } from './constants.js'
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from './ip-address.js'

/** Where an IP socket is. Numeric only: names are looked up elsewhere. */
export interface IPAddress {
  readonly family: 'IPv4' | 'IPv6'
  readonly address: string
  readonly port: number
  /** The index of the interface that a link-local IPv6 address belongs to. */
  readonly scopeId?: number
  readonly flowInfo?: number
}

/**
 * Where a Unix socket is: a path; an abstract name, which begins with `\0`; or `''`
 * for a socket without a name.
 */
export interface UnixAddress {
  readonly family?: 'Unix'
  readonly path: string
}

/** An address that the socket calls take and give as bytes. */
export type Address = IPAddress | UnixAddress

/** Room for every kind of sockaddr (`struct sockaddr_storage`). */
export const SOCKADDR_BYTES = 128

// In struct sockaddr_un the path follows the family. A name in the filesystem keeps
// room for a NUL; an abstract one may use every byte.
const UNIX_PATH = 2
const MOST_UNIX_BYTES = 108

// The kernel's byte order for what is not in the network's.
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function uint(name: string, value: number, most: number): number {
  if (typeof value !== 'number') throw new TypeError(`encodeAddress(): ${name} is not a number`)
  if (!(Number.isInteger(value) && value >= 0 && value <= most)) {
    throw new RangeError(
      `encodeAddress(): ${name} ${value} is not a whole number from 0 to ${most}`,
    )
  }
  return value
}

function sockaddr(family: number, length: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, family, isLittleEndian)
  return { bytes, view }
}

function encodeIP({ family, address, port, scopeId = 0, flowInfo = 0 }: IPAddress): Uint8Array {
  const isIPv4 = family === 'IPv4'
  if (typeof address !== 'string') throw new TypeError('encodeAddress(): address is not a string')
  const ip = isIPv4 ? parseIPv4(address) : parseIPv6(address)
  if (ip === undefined)
    throw new RangeError(`encodeAddress(): "${address}" is not an ${family} address`)
  const { bytes, view } = isIPv4 ? sockaddr(AF_INET, 16) : sockaddr(AF_INET6, 28)
  view.setUint16(2, uint('port', port, 0xffff))
  bytes.set(ip, isIPv4 ? 4 : 8)
  if (!isIPv4) {
    view.setUint32(4, uint('flowInfo', flowInfo, 0xffffffff))
    view.setUint32(24, uint('scopeId', scopeId, 0xffffffff), isLittleEndian)
  }
  return bytes
}

function encodeUnix(path: string): Uint8Array {
  if (typeof path !== 'string') throw new TypeError('encodeAddress(): path is not a string')
  const name = new TextEncoder().encode(path)
  const isAbstract = path.startsWith('\0')
  if (!isAbstract && path.includes('\0')) {
    throw new TypeError('encodeAddress(): the path contains a NUL character')
  }
  const most = isAbstract ? MOST_UNIX_BYTES : MOST_UNIX_BYTES - 1
  if (name.length > most) {
    throw new RangeError(
      `encodeAddress(): the path of a Unix socket has at most ${most} bytes, this one ${name.length}: ${path}`,
    )
  }
  const terminator = isAbstract || path === '' ? 0 : 1
  const { bytes } = sockaddr(AF_UNIX, UNIX_PATH + name.length + terminator)
  bytes.set(name, UNIX_PATH)
  return bytes
}

/**
 * The kernel's form of an address, for `bind`, `connect` and `sendto`.
 *
 * @throws TypeError or RangeError for what is no address: a host name, a port above
 * 65,535, a Unix path of more than 107 bytes.
 *
 * @example
 * ```ts
 * import { decodeAddress, encodeAddress } from '@tsyncio/syscalls'
 *
 * const bytes = encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 80 })
 * console.log(decodeAddress(bytes)) // { family: 'IPv4', address: '127.0.0.1', port: 80 }
 * ```
 */
export function encodeAddress(address: Address): Uint8Array {
  if (typeof address !== 'object' || address === null) {
    throw new TypeError('encodeAddress(): the address is not an object')
  }
  if (address.family === 'IPv4' || address.family === 'IPv6') return encodeIP(address)
  if (address.family === undefined || address.family === 'Unix') return encodeUnix(address.path)
  throw new TypeError("encodeAddress(): family is none of 'IPv4', 'IPv6', 'Unix'")
}

function decodeUnix(bytes: Uint8Array): UnixAddress {
  const name = bytes.subarray(UNIX_PATH, UNIX_PATH + MOST_UNIX_BYTES)
  // A path ends at its NUL, an abstract name only with the address.
  const end = name[0] === 0 ? -1 : name.indexOf(0)
  return { family: 'Unix', path: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)) }
}

/**
 * Reads what the kernel wrote: of `bytes` the first `length`.
 *
 * @returns `undefined` when there is no address in it, or one of another family. A
 * `scopeId` or `flowInfo` of 0 is left out.
 */
export function decodeAddress(bytes: Uint8Array, length = bytes.length): Address | undefined {
  const used = bytes.subarray(0, length)
  if (used.length < UNIX_PATH) return undefined
  const view = new DataView(used.buffer, used.byteOffset, used.byteLength)
  const family = view.getUint16(0, isLittleEndian)
  if (family === AF_UNIX) return decodeUnix(used)
  if (family === AF_INET && used.length >= 16) {
    return { family: 'IPv4', address: formatIPv4(used.subarray(4, 8)), port: view.getUint16(2) }
  }
  if (family !== AF_INET6 || used.length < 28) return undefined
  const flowInfo = view.getUint32(4)
  const scopeId = view.getUint32(24, isLittleEndian)
  return {
    family: 'IPv6',
    address: formatIPv6(used.subarray(8, 24)),
    port: view.getUint16(2),
    ...(scopeId === 0 ? {} : { scopeId }),
    ...(flowInfo === 0 ? {} : { flowInfo }),
  }
}
