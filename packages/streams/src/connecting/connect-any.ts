import type { EventLoop } from '@tsyncio/loop'
import { close, osError, type IPAddress, type OSError, type UnixAddress } from '@tsyncio/syscalls'
import { ExceptionGroup, type Gen } from '@tsyncio/tasks'

import { adoptStreamSocket } from '../sockets/adopt-stream-socket.js'
import { ConnectRace, type Connected } from './connect-race.js'
import { connectFd } from './connect-fd.js'
import { requireFd } from '../sockets/fd-like.js'
import { isFdPlace, requireFdPlace, type FdPlace } from '../sockets/fd-place.js'
import { interleave } from './interleave.js'
import { requireIPAddress } from '../names/ip-address.js'
import { requirePlace, type Place } from '../names/place.js'
import { requireMaxFds, type MaxFdsOption } from '../fds/require-max-fds.js'
import { requireResolve, resolveHost, type ResolveOptions } from '../names/resolve.js'
import {
  requireSocketOptions,
  setSocketOptions,
  type SocketOptions,
} from '../sockets/socket-options.js'
import { streamSocket } from '../sockets/stream-socket.js'
import type { TlsClientOptions } from '../tls/tls-options.js'
import { TransportSocket } from '../sockets/transport-socket.js'

/** Where to connect to; or `{ fd }`, a connected socket, which is taken over. */
export type ConnectPlace = Place | FdPlace

export interface ConnectOptions extends ResolveOptions, SocketOptions, MaxFdsOption {
  /**
   * The address to connect from, or several: the first of the right family that can be
   * bound to. The port may be 0.
   */
  readonly localAddress?: IPAddress | readonly IPAddress[] | undefined
  /**
   * Happy Eyeballs (RFC 8305): how many milliseconds one address of a name may take before
   * the next is tried beside it. Default: 250. With Infinity one is tried after the other.
   */
  readonly happyEyeballsDelay?: number | undefined
  /**
   * How many addresses of the first one's family come before the families alternate.
   * Default: 1. With 0 they stay in the resolver's order.
   */
  readonly interleave?: number | undefined
  /** Whether to throw an `ExceptionGroup` of all failures, even of one. Default: false. */
  readonly allErrors?: boolean | undefined
  /** Speaks TLS; `true` is for all defaults. The certificate must be for the host's name. */
  readonly tls?: boolean | TlsClientOptions | undefined
  /** Gives up when it is aborted: the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

function failure(errors: readonly OSError[], allErrors: boolean): Error {
  const first = errors[0] as OSError
  if (errors.length === 1 && !allErrors) return first
  const group = new ExceptionGroup('No address could be connected to', errors)
  if (allErrors) return group
  return osError(first.errno, first.syscall, { ...first, cause: group })
}

function* connectHost(
  loop: EventLoop,
  host: string,
  port: number,
  options: ConnectOptions,
): Gen<Connected> {
  const { localAddress, happyEyeballsDelay = 250, interleave: first = 1 } = options
  const from = localAddress === undefined ? undefined : [localAddress].flat()
  const addresses = yield* resolveHost(loop, host, port, 'connect', options)
  const race = new ConnectRace(loop, from, options)
  const connected = yield* race.run(interleave(addresses, first), happyEyeballsDelay)
  if (connected === undefined) throw failure(race.errors, options.allErrors === true)
  return connected
}

function* connectUnix(loop: EventLoop, path: string, options: SocketOptions): Gen<Connected> {
  const address: UnixAddress = { family: 'Unix', path }
  const fd = streamSocket(address)
  try {
    setSocketOptions(fd, false, options)
    yield* connectFd(loop, fd, address)
    return { fd, address }
  } catch (error) {
    close(fd)
    throw error
  }
}

function adopt(loop: EventLoop, place: FdPlace, options: SocketOptions): Connected {
  const fd = requireFd(place.fd)
  adoptStreamSocket(loop, fd)
  const { isTcp } = new TransportSocket(fd)
  setSocketOptions(fd, isTcp, { ...options, noDelay: options.noDelay ?? true })
  return { fd, address: undefined }
}

/** A connected socket, non-blocking; cancelling closes all that were tried. */
export function* connectAny(
  loop: EventLoop,
  place: ConnectPlace,
  options: ConnectOptions,
): Gen<Connected> {
  if (isFdPlace(place)) return adopt(loop, place, options)
  if ('path' in place) return yield* connectUnix(loop, place.path, options)
  return yield* connectHost(loop, place.host ?? '', place.port, options)
}

/** @throws TypeError or RangeError if it is no place to connect to, or the options are none. */
export function requireConnect(place: ConnectPlace, options: ConnectOptions): void {
  if (isFdPlace(place)) {
    requireFdPlace(place)
    if (options.localAddress !== undefined)
      throw new TypeError('A connected socket has its localAddress already.')
  } else requirePlace(place)
  requireResolve(options)
  requireSocketOptions(options)
  requireMaxFds(options)
  for (const local of [options.localAddress ?? []].flat()) requireIPAddress(local)
  requireNumber('happyEyeballsDelay', options.happyEyeballsDelay)
  requireNumber('interleave', options.interleave)
}

function requireNumber(name: 'happyEyeballsDelay' | 'interleave', value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'number')
    throw new TypeError(`Expected a number for ${name}, got ${typeof value}.`)
  const fits = name === 'interleave' ? Number.isInteger(value) && value >= 0 : value >= 0
  if (!fits) throw new RangeError(`Expected 0 or more for ${name}, got ${value}.`)
}
