import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  osError,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  socket,
} from '@tsyncio/syscalls'

import type { SocketFamily } from './socket-family.js'
import { setSocketOptions, type SocketOptions } from './socket-options.js'
import { Socket } from './socket.js'

export interface OpenSocketOptions extends SocketOptions {
  /** Default: 'IPv4'. A number is one of the kernel's families. */
  readonly family?: SocketFamily | number | undefined
  /** Default: 'stream'. A number is one of the kernel's types. */
  readonly type?: 'stream' | 'datagram' | 'seqpacket' | 'raw' | number | undefined
  /** Default: 0, the type's own one. */
  readonly protocol?: number | undefined
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
 *   using socket = openSocket({ type: 'datagram', receiveBuffer: 65_536 })
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
    setSocketOptions(fd, rest)
    return opened
  } catch (error) {
    opened.close()
    throw error
  }
}
