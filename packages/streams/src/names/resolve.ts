import type { EventLoop } from '@tsyncio/loop'
import { parseIPv4, parseIPv6, type Address, type IPAddress } from '@tsyncio/syscalls'
import { until, type Gen } from '@tsyncio/tasks'
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

import { lookUp } from './look-up.js'
import type { Place } from './place.js'

export interface ResolveOptions {
  /** Only addresses of this family. Default: both. */
  readonly family?: 'IPv4' | 'IPv6' | undefined
  /**
   * Looks names up in place of the system's resolver: gives numeric addresses, in the order
   * in which to try them. The signal is aborted when nobody waits for them any more.
   */
  readonly lookup?:
    ((host: string, signal: AbortSignal) => PromiseLike<readonly string[]>) | undefined
}

// RFC 6761: this name is for the loopback interface, whatever a resolver may think.
const loopback = ['127.0.0.1', '::1']
const anywhere = ['0.0.0.0', '::']

// As Node's resolver says it: EAI_NONAME, which libuv numbers.
function notFound(hostname: string): Error {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`)
  return Object.assign(error, { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname })
}

/** A link-local address names its interface by number or by name: `fe80::1%eth0`. */
function scopeOf(zone: string): number | undefined {
  if (/^\d+$/.test(zone)) return Number(zone)
  return networkInterfaces()[zone]?.find((address) => address.family === 'IPv6')?.scopeid
}

export function numeric(host: string, port: number): IPAddress | undefined {
  if (parseIPv4(host) !== undefined) return { family: 'IPv4', address: host, port }
  const [address, zone] = host.split('%') as [string, string?]
  if (parseIPv6(address) === undefined) return undefined
  if (zone === undefined) return { family: 'IPv6', address, port }
  const scopeId = scopeOf(zone)
  return scopeId === undefined ? undefined : { family: 'IPv6', address, port, scopeId }
}

function* addressesOf(
  loop: EventLoop,
  host: string,
  options: ResolveOptions,
): Gen<readonly string[]> {
  const { family, lookup: own } = options
  if (own !== undefined) return yield* until((signal) => own(host, signal))
  const wanted = family === undefined ? 0 : family === 'IPv4' ? 4 : 6
  const query = { all: true, verbatim: true, family: wanted } as const
  const found = yield* lookUp(loop, host, () => lookup(host, query))
  return found.map(({ address }) => address)
}

function known(host: string, purpose: 'connect' | 'listen'): readonly string[] {
  if (host === '' && purpose === 'listen') return anywhere
  return host === '' || host === 'localhost' ? loopback : [host]
}

/** The IP addresses that a host and a port stand for, at least one. */
export function* resolveHost(
  loop: EventLoop,
  host: string,
  port: number,
  purpose: 'connect' | 'listen',
  options: ResolveOptions = {},
): Gen<IPAddress[]> {
  let addresses = known(host, purpose).map((name) => numeric(name, port))
  if (addresses[0] === undefined) {
    const names = yield* addressesOf(loop, host, options)
    addresses = names.map((name) => requireNumeric(name, port))
  }
  const { family } = options
  const fitting = (addresses as IPAddress[]).filter(
    (address) => family === undefined || address.family === family,
  )
  if (fitting.length === 0) throw notFound(host)
  return fitting
}

function requireNumeric(name: string, port: number): IPAddress {
  const address = typeof name === 'string' ? numeric(name, port) : undefined
  if (address !== undefined) return address
  throw new TypeError(`Expected numeric addresses from lookup(), got ${String(name)}.`)
}

/** The addresses that `place` stands for, at least one. */
export function* resolve(
  loop: EventLoop,
  place: Place,
  purpose: 'connect' | 'listen',
  options?: ResolveOptions,
): Gen<Address[]> {
  if ('path' in place) return [{ family: 'Unix', path: place.path }]
  return yield* resolveHost(loop, place.host ?? '', place.port, purpose, options)
}

/** @throws TypeError or RangeError if the options are none. */
export function requireResolve({ family, lookup }: ResolveOptions): void {
  if (family !== undefined && family !== 'IPv4' && family !== 'IPv6')
    throw new RangeError(`Expected family 'IPv4' or 'IPv6', got ${String(family)}.`)
  if (lookup !== undefined && typeof lookup !== 'function')
    throw new TypeError(`Expected a function for lookup, got ${typeof lookup}.`)
}
