import type { EventLoop } from '@tsyncio/loop'
import {
  adoptFd,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  bind,
  EADDRINUSE,
  encodeAddress,
  F_GETFL,
  F_SETFL,
  fcntl,
  getsockopt,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  O_NONBLOCK,
  OSError,
  osError,
  setsockopt,
  SO_BROADCAST,
  SO_DOMAIN,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_TYPE,
  SOCK_DGRAM,
  socket,
  SOL_SOCKET,
  type Address,
} from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { addressDetails } from '../names/address-details.js'
import { DatagramFd } from './datagram-fd.js'
import { requireReceiveSize, type DatagramOptions } from './datagram-options.js'
import type { AddressFamily, DatagramPlace } from './datagram-place.js'
import { resolve } from '../names/resolve.js'
import { requireUnused } from '../sockets/require-unused.js'
import { TransportSocket } from '../sockets/transport-socket.js'
import { removeStaleFile, socketFileOf, UnixSocketFile } from '../servers/unix-socket-file.js'

const families = { IPv4: AF_INET, IPv6: AF_INET6, Unix: AF_UNIX }

/** Which addresses go together in one socket. */
interface Ends {
  readonly family: AddressFamily
  readonly local: Address | undefined
  readonly remote: Address | undefined
}

/** The addresses of a place; `undefined`, as the only one, of no place. */
function* addressesOf(
  loop: EventLoop,
  place: DatagramPlace | undefined,
  purpose: 'connect' | 'listen',
): Gen<(Address | undefined)[]> {
  if (place === undefined) return [undefined]
  if ('address' in place) return [place]
  return yield* resolve(loop, place, purpose)
}

function* endsOf(loop: EventLoop, options: DatagramOptions): Gen<Ends[]> {
  const locals = yield* addressesOf(loop, options.localAddress, 'listen')
  const remotes = yield* addressesOf(loop, options.remoteAddress, 'connect')
  const all = locals.flatMap((local) =>
    remotes.map((remote) => {
      const family = local?.family ?? remote?.family ?? options.family ?? 'Unix'
      return { family, local, remote }
    }),
  )
  const fitting = all.filter(({ family, local, remote }) =>
    [local?.family ?? family, remote?.family ?? family, options.family ?? family].every(
      (each) => each === family,
    ),
  )
  if (fitting.length > 0) return fitting
  throw new RangeError('The localAddress, the remoteAddress and the family have none in common.')
}

function setOptions(fd: number, options: DatagramOptions): void {
  const { reusePort, reuseAddress, allowBroadcast, ipv6Only } = options
  const wanted = [
    [SOL_SOCKET, SO_REUSEPORT, reusePort],
    [SOL_SOCKET, SO_REUSEADDR, reuseAddress],
    [SOL_SOCKET, SO_BROADCAST, allowBroadcast],
    [IPPROTO_IPV6, IPV6_V6ONLY, ipv6Only],
  ] as const
  for (const [level, name, value] of wanted) {
    const result = value === undefined ? 0 : setsockopt(fd, level, name, value ? 1 : 0)
    if (result < 0) throw osError(result, 'setsockopt')
  }
}

function bindTo(socket: DatagramFd, address: Address): void {
  const { fd } = socket
  const bytes = encodeAddress(address)
  const path = socketFileOf(address)
  let result = bind(fd, bytes)
  if (result === -EADDRINUSE && path !== undefined && removeStaleFile(path)) {
    result = bind(fd, bytes)
  }
  if (result < 0) throw osError(result, 'bind', addressDetails(address))
  if (path !== undefined) socket.file = new UnixSocketFile(path)
}

function make(
  loop: EventLoop,
  { family, local, remote }: Ends,
  options: DatagramOptions,
): DatagramFd {
  const fd = socket(families[family], SOCK_DGRAM, 0)
  if (fd < 0) throw osError(fd, 'socket')
  const made = new DatagramFd(loop, fd, family, requireReceiveSize(options.receiveSize))
  try {
    setOptions(fd, options)
    if (local !== undefined) bindTo(made, local)
    if (remote === undefined) return made
    if (options.allowBroadcast === true) made.setPeer(remote, false)
    else made.connect(remote)
    return made
  } catch (error) {
    made.close()
    throw error
  }
}

function adopt(loop: EventLoop, fd: number, options: DatagramOptions): DatagramFd {
  requireUnused(loop, fd)
  const type = getsockopt(fd, SOL_SOCKET, SO_TYPE)
  if (type < 0) throw osError(type, 'getsockopt')
  if (type !== SOCK_DGRAM) throw new TypeError(`File descriptor ${fd} is no datagram socket.`)
  const flags = fcntl(fd, F_GETFL, 0)
  const result = flags < 0 ? flags : fcntl(fd, F_SETFL, flags | O_NONBLOCK)
  if (result < 0) throw osError(result, 'fcntl')
  const domain = getsockopt(fd, SOL_SOCKET, SO_DOMAIN)
  const family = domain === AF_INET ? 'IPv4' : domain === AF_INET6 ? 'IPv6' : 'Unix'
  const adopted = new DatagramFd(loop, fd, family, requireReceiveSize(options.receiveSize))
  const peer = new TransportSocket(fd).getpeername()
  if (peer !== undefined) adopted.setPeer(peer, true)
  adoptFd(fd)
  return adopted
}

/** A datagram socket as `options` say; cancelling makes none. */
export function* openDatagramFd(loop: EventLoop, options: DatagramOptions): Gen<DatagramFd> {
  if (options.fd !== undefined) return adopt(loop, options.fd, options)
  let failure: unknown
  for (const ends of yield* endsOf(loop, options)) {
    try {
      return make(loop, ends, options)
    } catch (error) {
      if (!(error instanceof OSError)) throw error
      failure ??= error
    }
  }
  throw failure
}
