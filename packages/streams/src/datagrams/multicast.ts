import {
  AF_INET6,
  EBADF,
  getsockopt,
  ifNameToIndex,
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_JOIN_GROUP,
  IPV6_LEAVE_GROUP,
  IPV6_MULTICAST_ALL,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  osError,
  parseIPv4,
  parseIPv6,
  setsockopt,
  setsockoptBytes,
  SO_DOMAIN,
  SOL_SOCKET,
} from '@tsyncio/syscalls'

import { requireByte } from './require-byte.js'

/** A network interface: its name, its index or, for IPv4, an address that it has. */
export type NetworkInterface = string | number

const optionsOf4 = {
  level: IPPROTO_IP,
  ttl: IP_MULTICAST_TTL,
  loopback: IP_MULTICAST_LOOP,
  all: IP_MULTICAST_ALL,
}
const optionsOf6 = {
  level: IPPROTO_IPV6,
  ttl: IPV6_MULTICAST_HOPS,
  loopback: IPV6_MULTICAST_LOOP,
  all: IPV6_MULTICAST_ALL,
}

function indexOf(where: NetworkInterface): number {
  if (typeof where === 'string') {
    const index = ifNameToIndex(where)
    if (index >= 0) return index
    throw osError(index, 'if_nametoindex', { address: where })
  }
  if (typeof where !== 'number') {
    throw new TypeError(`Expected the name or index of an interface, got ${typeof where}.`)
  }
  if (Number.isInteger(where) && where >= 0 && where <= 0x7fff_ffff) return where
  throw new RangeError(`Expected the index of an interface, got ${where}.`)
}

/** struct ip_mreqn: the group, and the interface by its address or by its index. */
function request4(group: Uint8Array, where: NetworkInterface): Uint8Array {
  const bytes = new Uint8Array(12)
  bytes.set(group)
  const address = typeof where === 'string' ? parseIPv4(where) : undefined
  if (address !== undefined) bytes.set(address, 4)
  else bytes.set(new Uint8Array(Int32Array.of(indexOf(where)).buffer), 8)
  return bytes
}

/** struct ipv6_mreq: the group and the index of the interface. */
function request6(group: Uint8Array, where: NetworkInterface): Uint8Array {
  const bytes = new Uint8Array(20)
  bytes.set(group)
  bytes.set(new Uint8Array(Int32Array.of(indexOf(where)).buffer), 16)
  return bytes
}

interface Request {
  readonly level: number
  readonly join: number
  readonly leave: number
  readonly bytes: Uint8Array
}

function requestFor(group: string, where: NetworkInterface): Request {
  if (typeof group !== 'string') {
    throw new TypeError(`Expected the address of a group, got ${typeof group}.`)
  }
  const four = parseIPv4(group)
  if (four !== undefined && (four[0] as number) >> 4 === 0xe) {
    const bytes = request4(four, where)
    return { level: IPPROTO_IP, join: IP_ADD_MEMBERSHIP, leave: IP_DROP_MEMBERSHIP, bytes }
  }
  const six = parseIPv6(group)
  if (six !== undefined && six[0] === 0xff) {
    const bytes = request6(six, where)
    return { level: IPPROTO_IPV6, join: IPV6_JOIN_GROUP, leave: IPV6_LEAVE_GROUP, bytes }
  }
  throw new RangeError(
    `Expected the address of a multicast group, in 224.0.0.0/4 or ff00::/8, got "${group}".`,
  )
}

/**
 * What a UDP socket has to do with multicast: the groups that it is in, and how what it
 * sends to a group travels.
 *
 * For a transport: `new Multicast(transport.getExtraInfo('socket') as TransportSocket)`.
 *
 * @example
 * ```ts
 * import { openDatagram } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(async () => {
 *   await using socket = await openDatagram({ localAddress: { port: 0 }, reuseAddress: true })
 *   socket.multicast.setInterface('lo')
 *   socket.multicast.join('239.1.2.3', 'lo')
 *   await socket.send('hello', { host: '239.1.2.3', port: socket.localAddress.port })
 *   console.log(String((await socket.receive()).data)) // hello
 * })
 * ```
 */
export class Multicast {
  readonly #socket: { fileno(): number }

  /** @param socket a UDP socket. */
  constructor(socket: { fileno(): number }) {
    this.#socket = socket
  }

  /**
   * Receives what is sent to `group`, too, at the port that the socket is bound to. Of other
   * groups it receives nothing any more: by default Linux gives a socket what is sent to its
   * port and to any group that somebody on this machine is in (`IP_MULTICAST_ALL`).
   *
   * @param where the interface at which to receive; default: the one that the system has a
   *   route for.
   * @throws OSError if the socket is in the group already (EADDRINUSE), or if there is no
   *   such interface or none for the group (ENODEV).
   */
  join(group: string, where: NetworkInterface = 0): void {
    const { level, join, bytes } = requestFor(group, where)
    this.#setBytes(level, join, bytes, group)
    this.#set('all', 0)
  }

  /**
   * Leaves a group; closing the socket leaves them all.
   *
   * @throws OSError if the socket is not in the group at that interface (EADDRNOTAVAIL).
   */
  leave(group: string, where: NetworkInterface = 0): void {
    const { level, leave, bytes } = requestFor(group, where)
    this.#setBytes(level, leave, bytes, group)
  }

  /** At which interface datagrams to a group leave. Default: the system's route. */
  setInterface(where: NetworkInterface): void {
    if (this.#is6) {
      const result = setsockopt(this.#fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, indexOf(where))
      if (result < 0) throw osError(result, 'setsockopt')
    } else {
      this.#setBytes(IPPROTO_IP, IP_MULTICAST_IF, request4(new Uint8Array(4), where))
    }
  }

  /** How many routers what is sent to a group may pass, and one more. Default: 1, none. */
  get ttl(): number {
    return this.#get('ttl')
  }

  set ttl(value: number) {
    this.#set('ttl', requireByte(value, 'ttl'))
  }

  /** Whether this machine gets what it sends to its own groups. Default: true. */
  get loopback(): boolean {
    return this.#get('loopback') === 1
  }

  set loopback(value: boolean) {
    if (typeof value !== 'boolean') {
      throw new TypeError(`Expected loopback to be a boolean, got ${typeof value}.`)
    }
    this.#set('loopback', value ? 1 : 0)
  }

  get #fd(): number {
    const fd = this.#socket.fileno()
    if (fd < 0) throw osError(-EBADF, 'setsockopt')
    return fd
  }

  get #is6(): boolean {
    return getsockopt(this.#fd, SOL_SOCKET, SO_DOMAIN) === AF_INET6
  }

  #get(name: 'ttl' | 'loopback'): number {
    const options = this.#is6 ? optionsOf6 : optionsOf4
    const value = getsockopt(this.#fd, options.level, options[name])
    if (value < 0) throw osError(value, 'getsockopt')
    return value
  }

  #set(name: 'ttl' | 'loopback' | 'all', value: number): void {
    const options = this.#is6 ? optionsOf6 : optionsOf4
    const result = setsockopt(this.#fd, options.level, options[name], value)
    if (result < 0) throw osError(result, 'setsockopt')
  }

  #setBytes(level: number, name: number, bytes: Uint8Array, group?: string): void {
    const result = setsockoptBytes(this.#fd, level, name, bytes)
    if (result < 0)
      throw osError(result, 'setsockopt', group === undefined ? {} : { address: group })
  }
}
