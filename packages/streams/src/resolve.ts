import type { EventLoop } from '@tsyncio/loop'
import { parseIPv4, parseIPv6, type Address, type IPAddress } from '@tsyncio/syscalls'
import { until, type Gen } from '@tsyncio/tasks'
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

import type { Place } from './place.js'

// RFC 6761: this name is for the loopback interface, whatever a resolver may think.
const loopback = ['127.0.0.1', '::1']
const anywhere = ['0.0.0.0', '::']

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

function* lookUp(loop: EventLoop, host: string, port: number): Gen<Address[]> {
  if (loop.core.driver?.name === 'blocking') {
    throw new TypeError(
      `Looking up "${host}" needs Node's loop, which stands still while runBlocking() owns ` +
        'the thread: give a numeric address, or use run().',
    )
  }
  const found = yield* until(lookup(host, { all: true }))
  return found.map(({ address }) => numeric(address, port) as Address)
}

/** The addresses that `place` stands for, at least one. */
export function* resolve(
  loop: EventLoop,
  place: Place,
  purpose: 'connect' | 'listen',
): Gen<Address[]> {
  if ('path' in place) return [{ family: 'Unix', path: place.path }]
  const { host = '', port } = place
  const hosts = host !== '' && host !== 'localhost' ? [host] : undefined
  const known = hosts ?? (host === '' && purpose === 'listen' ? anywhere : loopback)
  const addresses = known.map((name) => numeric(name, port))
  if (addresses[0] !== undefined) return addresses as Address[]
  return yield* lookUp(loop, host, port)
}
