import { type DatagramPlace, requireDatagramPlace, type AddressFamily } from './datagram-place.js'
import { requireFd } from '../sockets/fd-like.js'

/** What a datagram socket is to be. One of the addresses, `family` or `fd` has to be given. */
export interface DatagramOptions {
  /**
   * Where to receive: without `host` on every interface, port 0 for a free one. The path of
   * a Unix socket; '' lets the system choose an abstract name, so that others can answer.
   */
  readonly localAddress?: DatagramPlace | undefined
  /**
   * Whom to talk to, and to nobody else: the socket is connected. With `allowBroadcast` it
   * is only where datagrams go to, and those of everybody are received.
   */
  readonly remoteAddress?: DatagramPlace | undefined
  /** Default: that of the addresses. */
  readonly family?: AddressFamily | undefined
  /** Lets the sockets of one user share a port; the system spreads datagrams over them. */
  readonly reusePort?: boolean | undefined
  /**
   * Lets everybody share a port who asks for the same, of any user. For multicast groups
   * only: who binds last gets the datagrams that are for one.
   */
  readonly reuseAddress?: boolean | undefined
  /** Allows to send to a broadcast address. */
  readonly allowBroadcast?: boolean | undefined
  /** Whether an IPv6 socket is for IPv6 alone. Default: the system's, which mostly is not. */
  readonly ipv6Only?: boolean | undefined
  /** The most bytes of a datagram that are received; the rest is lost. Default: 256 KiB. */
  readonly receiveSize?: number | undefined
  /** An open datagram socket, to be taken over; none of the options that make one go with it. */
  readonly fd?: number | undefined
}

// More than the system lets anybody send, unless a send buffer was made larger.
const defaultReceiveSize = 262_144
const mostReceiveSize = 16_777_216

const families: readonly unknown[] = ['IPv4', 'IPv6', 'Unix', undefined]
const flags = ['reusePort', 'reuseAddress', 'allowBroadcast', 'ipv6Only'] as const
const modifiers = ['localAddress', 'remoteAddress', 'family', ...flags] as const

/** @throws TypeError or RangeError if it is no size. */
export function requireReceiveSize(size: number = defaultReceiveSize): number {
  if (typeof size !== 'number') {
    throw new TypeError(`Expected a receiveSize in bytes, got ${typeof size}.`)
  }
  if (!Number.isInteger(size) || size < 1 || size > mostReceiveSize) {
    throw new RangeError(`Expected a receiveSize from 1 to ${mostReceiveSize}, got ${size}.`)
  }
  return size
}

function requireFdAlone(fd: number, options: DatagramOptions): void {
  requireFd(fd)
  const given = modifiers.filter((name) => options[name] !== undefined)
  if (given.length === 0) return
  throw new TypeError(`An fd is a socket already, ${given.join(', ')} cannot go with it.`)
}

function requireLocal(place: DatagramPlace): void {
  const isUnnamed = typeof place === 'object' && place !== null && 'path' in place
  if (!isUnnamed || place.path !== '') requireDatagramPlace(place)
}

/** @throws TypeError or RangeError for what makes no sense. */
export function requireDatagramOptions(options: DatagramOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected options, got ${String(options)}.`)
  }
  requireReceiveSize(options.receiveSize)
  if (options.fd !== undefined) return requireFdAlone(options.fd, options)
  const { localAddress, remoteAddress, family } = options
  if (!families.includes(family)) {
    throw new TypeError(`Expected a family of 'IPv4', 'IPv6' or 'Unix', got ${String(family)}.`)
  }
  for (const flag of flags) {
    const value = options[flag]
    if (value !== undefined && typeof value !== 'boolean') {
      throw new TypeError(`Expected ${flag} to be a boolean, got ${typeof value}.`)
    }
  }
  if (localAddress !== undefined) requireLocal(localAddress)
  if (remoteAddress !== undefined) requireDatagramPlace(remoteAddress)
  if (localAddress ?? remoteAddress ?? family) return
  throw new TypeError('Expected a localAddress, a remoteAddress, a family or an fd.')
}
