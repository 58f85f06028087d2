import { close, OSError, type Address } from '@tsyncio/syscalls'

import type { ListenOptions } from './listen-options.js'
import { listeningSocket } from './listening-socket.js'
import { TransportSocket } from '../sockets/transport-socket.js'

// An address that this machine does not have is none to listen at, as long as there are others.
const skipped = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']
// A free port at one address may be taken at the next.
const triesForPort = 10

const isCode = (error: unknown, codes: readonly string[]) =>
  error instanceof OSError && codes.includes(error.code)

/** Port 0 is the port of the socket that was bound first. */
function withPortOf(first: number | undefined, address: Address): Address {
  if (first === undefined || !('port' in address) || address.port !== 0) return address
  const { port } = new TransportSocket(first).getsockname() as { port: number }
  return { ...address, port }
}

function listenAtAll(addresses: readonly Address[], options: ListenOptions): number[] {
  const fds: number[] = []
  let failure: unknown
  try {
    for (const address of addresses) {
      try {
        fds.push(listeningSocket(withPortOf(fds[0], address), options))
      } catch (error) {
        if (!isCode(error, skipped)) throw error
        failure = error
      }
    }
  } catch (error) {
    fds.forEach(close)
    throw error
  }
  if (fds.length === 0) throw failure
  return fds
}

/** Sockets that listen at all of `addresses` that this machine has: all, or none. */
export function listeningSockets(addresses: readonly Address[], options: ListenOptions): number[] {
  const isFreePort =
    addresses.length > 1 && addresses.every((each) => 'port' in each && each.port === 0)
  for (let tries = isFreePort ? triesForPort : 1; ; tries--) {
    try {
      return listenAtAll(addresses, options)
    } catch (error) {
      if (tries === 1 || !isCode(error, ['EADDRINUSE'])) throw error
    }
  }
}
