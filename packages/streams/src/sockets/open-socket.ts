import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  osError,
  SO_BROADCAST,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
  socket,
} from '@tsyncio/syscalls'

import type { SocketFamily } from './socket-family.js'
import type { SocketOptions } from './socket-options.js'
import { Socket } from './socket.js'

/** Options that matter before a socket is bound (`socket(7)`, `ipv6(7)`). */
interface BindOptions {
  /** `SO_REUSEADDR`: binds to an address whose old connections still linger. */
  readonly reuseAddress?: boolean | undefined
  /** `SO_REUSEPORT`: shares the port with other sockets that have it. */
  readonly reusePort?: boolean | undefined
  /** `SO_BROADCAST`. */
  readonly broadcast?: boolean | undefined
  /** `IPV6_V6ONLY`: no IPv4 at an IPv6 socket. */
  readonly ipv6Only?: boolean | undefined
}

export interface OpenSocketOptions extends SocketOptions, BindOptions {
  /** Default: 'IPv4'. A number is one of the kernel's families. */
  readonly family?: SocketFamily | number | undefined
  /** Default: 'stream'. A number is one of the kernel's types. */
  readonly type?: 'stream' | 'datagram' | 'seqpacket' | 'raw' | number | undefined
  /** Default: 0, the type's own one. */
  readonly protocol?: number | undefined
}

const bindOptions: Record<keyof BindOptions, readonly [level: number, name: number]> = {
  reuseAddress: [SOL_SOCKET, SO_REUSEADDR],
  reusePort: [SOL_SOCKET, SO_REUSEPORT],
  broadcast: [SOL_SOCKET, SO_BROADCAST],
  ipv6Only: [IPPROTO_IPV6, IPV6_V6ONLY],
}
const families: Record<string, number> = { IPv4: AF_INET, IPv6: AF_INET6, Unix: AF_UNIX }
const types: Record<string, number> = {
  stream: SOCK_STREAM,
  datagram: SOCK_DGRAM,
  seqpacket: SOCK_SEQPACKET,
  raw: SOCK_RAW,
}

function numberOf(name: string, value: string | number, known: Record<string, number>): number {
  const number = typeof value === 'number' ? value : known[value]
  if (number !== undefined) return number
  const names = Object.keys(known).join(', ')
  throw new RangeError(`Expected a number or one of ${names} for ${name}, got ${String(value)}.`)
}

function setBindOptions(socket: Socket, options: BindOptions): void {
  for (const [key, [level, name]] of Object.entries(bindOptions)) {
    const value: unknown = options[key as keyof BindOptions]
    if (value === undefined) continue
    if (typeof value !== 'boolean')
      throw new TypeError(`Expected a boolean for ${key}, got ${typeof value}.`)
    socket.setsockopt(level, name, Number(value))
  }
}

/**
 * A new socket, non-blocking and close-on-exec, by `socket(2)`.
 *
 * @throws OSError if there is no such socket, or it lacks an option; TypeError or RangeError
 *   for wrong options.
 * @example
 * ```ts
 * import { openSocket, sockRecvFrom, sockSendTo } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(function* () {
 *   using socket = openSocket({ type: 'datagram', receiveBufferSize: 65_536 })
 *   socket.bind({ family: 'IPv4', address: '127.0.0.1', port: 0 })
 *   yield* sockSendTo(socket, 'to myself', socket.getsockname()!)
 *   const [data] = yield* sockRecvFrom(socket, 100)
 *   console.log(data.toString()) // to myself
 * })
 * ```
 */
export function openSocket(options: OpenSocketOptions = {}): Socket {
  const { family = 'IPv4', type = 'stream', protocol = 0, ...rest } = options
  const fd = socket(numberOf('family', family, families), numberOf('type', type, types), protocol)
  if (fd < 0) throw osError(fd, 'socket')
  const opened = new Socket(fd)
  try {
    setBindOptions(opened, rest)
    opened.setOptions(rest)
    return opened
  } catch (error) {
    opened.close()
    throw error
  }
}
