import {
  bind,
  close,
  EADDRINUSE,
  encodeAddress,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  listen,
  osError,
  setsockopt,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
  type Address,
} from '@tsyncio/syscalls'

import { addressDetails } from './address-details.js'
import { streamSocket } from './stream-socket.js'
import { removeStaleFile, socketFileOf } from './unix-socket-file.js'

export interface ListenOptions {
  /** How many connections the kernel keeps until they are accepted. Default: 100. */
  readonly backlog?: number
  /** Lets other sockets, of this process or another, share the port. */
  readonly reusePort?: boolean
}

function setOptions(fd: number, { family }: Address, reusePort: boolean): void {
  if (family === 'IPv6') setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)
  if (family === undefined || family === 'Unix') return
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1)
  const result = reusePort ? setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, 1) : 0
  if (result < 0) throw osError(result, 'setsockopt')
}

function bindTo(fd: number, address: Address): number {
  const bytes = encodeAddress(address)
  const result = bind(fd, bytes)
  const file = socketFileOf(address)
  if (result !== -EADDRINUSE || file === undefined || !removeStaleFile(file)) return result
  return bind(fd, bytes)
}

/** A socket that listens at `address`: its fd. */
export function listeningSocket(address: Address, options: ListenOptions): number {
  const { backlog = 100, reusePort = false } = options
  const fd = streamSocket(address)
  try {
    setOptions(fd, address, reusePort)
    const bound = bindTo(fd, address)
    if (bound < 0) throw osError(bound, 'bind', addressDetails(address))
    const listening = listen(fd, backlog)
    if (listening < 0) throw osError(listening, 'listen', addressDetails(address))
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
}
