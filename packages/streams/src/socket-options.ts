import {
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  osError,
  setsockopt,
  SO_BROADCAST,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
} from '@tsyncio/syscalls'

/** When a silent TCP connection is asked whether it lives (`tcp(7)`). */
export interface KeepAlive {
  /** Silence before the first question, in milliseconds; the kernel counts whole seconds. */
  readonly idle?: number | undefined
  /** Between two questions, in milliseconds; the kernel counts whole seconds. */
  readonly interval?: number | undefined
  /** How many questions without an answer end the connection. */
  readonly count?: number | undefined
}

/** Options of a socket (`socket(7)`, `tcp(7)`, `ipv6(7)`); what is left out is left alone. */
export interface SocketOptions {
  /** `SO_REUSEADDR`: binds to an address whose old connections still linger. */
  readonly reuseAddress?: boolean | undefined
  /** `SO_REUSEPORT`: shares the port with other sockets that have it. */
  readonly reusePort?: boolean | undefined
  /** `SO_BROADCAST`. */
  readonly broadcast?: boolean | undefined
  /** `SO_KEEPALIVE`; an object turns it on, and says when. */
  readonly keepAlive?: boolean | KeepAlive | undefined
  /** `TCP_NODELAY`: sends small writes at once. */
  readonly noDelay?: boolean | undefined
  /** `SO_SNDBUF`, in bytes; the kernel doubles it, for its own needs. */
  readonly sendBuffer?: number | undefined
  /** `SO_RCVBUF`, in bytes; the kernel doubles it, for its own needs. */
  readonly receiveBuffer?: number | undefined
  /** `IPV6_V6ONLY`: no IPv4 at an IPv6 socket. */
  readonly ipv6Only?: boolean | undefined
}

type Name = Exclude<keyof SocketOptions, 'keepAlive'>

const flags: Partial<Record<Name, readonly [level: number, name: number]>> = {
  reuseAddress: [SOL_SOCKET, SO_REUSEADDR],
  reusePort: [SOL_SOCKET, SO_REUSEPORT],
  broadcast: [SOL_SOCKET, SO_BROADCAST],
  noDelay: [IPPROTO_TCP, TCP_NODELAY],
  ipv6Only: [IPPROTO_IPV6, IPV6_V6ONLY],
}
const sizes: Partial<Record<Name, number>> = { sendBuffer: SO_SNDBUF, receiveBuffer: SO_RCVBUF }

function set(fd: number, level: number, name: number, value: number): void {
  const result = setsockopt(fd, level, name, value)
  if (result < 0) throw osError(result, 'setsockopt')
}

function requireCount(name: string, value: unknown): number {
  if (typeof value !== 'number')
    throw new TypeError(`Expected a number for ${name}, got ${typeof value}.`)
  if (!Number.isInteger(value) || value < 1 || value > 0x7fff_ffff)
    throw new RangeError(`Expected a whole number above 0 for ${name}, got ${value}.`)
  return value
}

function setKeepAlive(fd: number, keepAlive: boolean | KeepAlive): void {
  if (typeof keepAlive === 'boolean') return set(fd, SOL_SOCKET, SO_KEEPALIVE, Number(keepAlive))
  if (typeof keepAlive !== 'object' || keepAlive === null)
    throw new TypeError(`Expected a boolean or an object for keepAlive, got ${typeof keepAlive}.`)
  const { idle, interval, count } = keepAlive
  const seconds = (name: string, ms: number) => Math.ceil(requireCount(name, ms) / 1000)
  if (idle !== undefined) set(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds('keepAlive.idle', idle))
  if (interval !== undefined)
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds('keepAlive.interval', interval))
  if (count !== undefined) set(fd, IPPROTO_TCP, TCP_KEEPCNT, requireCount('keepAlive.count', count))
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1)
}

/**
 * Sets the options that are given.
 *
 * @throws TypeError or RangeError for a wrong value; OSError if the socket has no such
 *   option.
 */
export function setSocketOptions(fd: number, options: SocketOptions): void {
  for (const [key, value] of Object.entries(options) as [keyof SocketOptions, unknown][]) {
    if (value === undefined) continue
    if (key === 'keepAlive') {
      setKeepAlive(fd, value as boolean | KeepAlive)
      continue
    }
    const flag = flags[key]
    const size = sizes[key]
    if (size !== undefined) set(fd, SOL_SOCKET, size, requireCount(key, value))
    if (flag === undefined) continue
    if (typeof value !== 'boolean')
      throw new TypeError(`Expected a boolean for ${key}, got ${typeof value}.`)
    set(fd, flag[0], flag[1], Number(value))
  }
}
