import {
  getsockopt,
  getsockoptBytes,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_UNICAST_HOPS,
  osError,
  setsockopt,
  SO_BROADCAST,
  SO_DOMAIN,
  AF_INET6,
  SO_MEMINFO,
  SO_RCVBUF,
  SO_SNDBUF,
  SOL_SOCKET,
} from '@tsyncio/syscalls'

import { Multicast } from './multicast.js'
import { requireByte } from './require-byte.js'

// SK_MEMINFO_DROPS: the last of the words that SO_MEMINFO gives.
const drops = 8

/** What can be asked of a datagram socket, and set: see `socket(7)`, `ip(7)`, `ipv6(7)`. */
export abstract class DatagramSocketOptions {
  /** The groups of a UDP socket. */
  readonly multicast = new Multicast(this)

  /** The fd of the socket. */
  abstract fileno(): number

  /**
   * How many datagrams the system has thrown away because they came faster than they were
   * received, or were damaged. Always 0 for Unix sockets: their senders wait.
   */
  get dropped(): number {
    const words = new Uint32Array(drops + 1)
    const bytes = new Uint8Array(words.buffer)
    const result = getsockoptBytes(this.fileno(), SOL_SOCKET, SO_MEMINFO, bytes)
    if (result < 0) throw osError(result, 'getsockopt')
    return words[drops] as number
  }

  /**
   * How much the system keeps until it is received, in bytes, its own book-keeping
   * included. It gives twice what is asked for, up to `net.core.rmem_max`.
   */
  get receiveBufferSize(): number {
    return this.#get(SOL_SOCKET, SO_RCVBUF)
  }

  set receiveBufferSize(size: number) {
    this.#set(SOL_SOCKET, SO_RCVBUF, requireSize(size, 'receiveBufferSize'))
  }

  /** How much the system keeps until it is sent: as {@link receiveBufferSize}. */
  get sendBufferSize(): number {
    return this.#get(SOL_SOCKET, SO_SNDBUF)
  }

  set sendBufferSize(size: number) {
    this.#set(SOL_SOCKET, SO_SNDBUF, requireSize(size, 'sendBufferSize'))
  }

  /** Whether it may send to a broadcast address. */
  get broadcast(): boolean {
    return this.#get(SOL_SOCKET, SO_BROADCAST) === 1
  }

  set broadcast(value: boolean) {
    if (typeof value !== 'boolean') {
      throw new TypeError(`Expected broadcast to be a boolean, got ${typeof value}.`)
    }
    this.#set(SOL_SOCKET, SO_BROADCAST, value ? 1 : 0)
  }

  /** How many routers what it sends to one receiver may pass, and one more; from 1 to 255. */
  get ttl(): number {
    return this.#get(...this.#ttlOption)
  }

  set ttl(value: number) {
    this.#set(...this.#ttlOption, requireByte(value, 'ttl'))
  }

  get #ttlOption(): [level: number, name: number] {
    const isIPv6 = getsockopt(this.fileno(), SOL_SOCKET, SO_DOMAIN) === AF_INET6
    return isIPv6 ? [IPPROTO_IPV6, IPV6_UNICAST_HOPS] : [IPPROTO_IP, IP_TTL]
  }

  #get(level: number, name: number): number {
    const value = getsockopt(this.fileno(), level, name)
    if (value < 0) throw osError(value, 'getsockopt')
    return value
  }

  #set(level: number, name: number, value: number): void {
    const result = setsockopt(this.fileno(), level, name, value)
    if (result < 0) throw osError(result, 'setsockopt')
  }
}

function requireSize(size: number, name: string): number {
  if (typeof size !== 'number') {
    throw new TypeError(`Expected ${name} in bytes, got ${typeof size}.`)
  }
  // The kernel takes an int, and doubles it.
  if (Number.isInteger(size) && size >= 0 && size <= 0x3fff_ffff) return size
  throw new RangeError(`Expected ${name} from 0 to ${0x3fff_ffff}, got ${size}.`)
}
