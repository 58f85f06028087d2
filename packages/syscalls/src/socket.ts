import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** `socket(2)`: a new fd, non-blocking and close-on-exec, or `-errno`. */
export function socket(domain: number, type: number, protocol: number): number {
  return checked(addon.socket(domain, type, protocol), 'socket(domain, type, protocol)')
}

/**
 * `socketpair(2)`: 0 or `-errno`; the two fds go to `out`. Close-on-exec; blocking
 * unless `type` has `SOCK_NONBLOCK`.
 */
export function socketpair(
  domain: number,
  type: number,
  protocol: number,
  out: Int32Array,
): number {
  return checked(
    addon.socketpair(domain, type, protocol, out),
    'socketpair(domain, type, protocol, out)',
  )
}

/** `bind(2)`: 0 or `-errno`. Without `length` the address is the whole array. */
export function bind(fd: number, address: Uint8Array, length?: number): number {
  return checked(addon.bind(fd, address, length), 'bind(fd, address, length)')
}

/**
 * `connect(2)`: 0, `-EINPROGRESS` (wait until the fd is writable, then read `SO_ERROR`)
 * or another `-errno`. Without `length` the address is the whole array.
 */
export function connect(fd: number, address: Uint8Array, length?: number): number {
  return checked(addon.connect(fd, address, length), 'connect(fd, address, length)')
}

/** `listen(2)`: 0 or `-errno`. */
export function listen(fd: number, backlog: number): number {
  return checked(addon.listen(fd, backlog), 'listen(fd, backlog)')
}

/**
 * `accept4(2)`: the fd of a connection, non-blocking and close-on-exec, or `-errno`.
 *
 * @param address takes the peer's sockaddr.
 * @param out `out[0]` takes its length, which is more than `address` holds when it was cut off.
 */
export function accept4(
  fd: number,
  address: Uint8Array | null = null,
  out: Int32Array | null = null,
): number {
  return checked(addon.accept4(fd, address, out), 'accept4(fd, address, out)')
}

/** `getsockname(2)`: the length of the sockaddr that went to `address`, or `-errno`. */
export function getsockname(fd: number, address: Uint8Array): number {
  return checked(addon.getsockname(fd, address), 'getsockname(fd, address)')
}

/** `getpeername(2)`: the length of the sockaddr that went to `address`, or `-errno`. */
export function getpeername(fd: number, address: Uint8Array): number {
  return checked(addon.getpeername(fd, address), 'getpeername(fd, address)')
}

/** `shutdown(2)`: 0 or `-errno`. */
export function shutdown(fd: number, how: number): number {
  return checked(addon.shutdown(fd, how), 'shutdown(fd, how)')
}

/**
 * `if_nametoindex(3)`: the index of the network interface with that name, or `-errno`
 * (`-ENODEV` if there is none).
 *
 * @throws TypeError or RangeError for what cannot be such a name: it has 1 to 15 bytes.
 */
export function ifNameToIndex(name: string): number {
  if (typeof name !== 'string') throw new TypeError('ifNameToIndex(): name is not a string')
  if (name.includes('\0')) throw new TypeError('ifNameToIndex(): name contains a NUL character')
  return checked(addon.ifNameToIndex(new TextEncoder().encode(name)), 'ifNameToIndex(name)')
}
