import type { EventLoop } from '@tsyncio/loop'
import type { Address } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { isFdPlace, requireFdPlace, type FdPlace } from '../sockets/fd-place.js'
import { requirePlace, type Place } from '../names/place.js'
import { resolve } from '../names/resolve.js'

/** Several TCP addresses of one server. */
export interface HostsPlace {
  readonly host: readonly string[]
  /** 0 is one free port, the same at all of them. */
  readonly port: number
}

/** Where a server listens. */
export type ServerPlace = Place | HostsPlace | FdPlace

/** The places that have an address: all but an fd. */
export type AddressedPlace = Exclude<ServerPlace, FdPlace>

function isHostsPlace(place: AddressedPlace): place is HostsPlace {
  return typeof place === 'object' && place !== null && 'host' in place && Array.isArray(place.host)
}

function separate(place: AddressedPlace): readonly Place[] {
  if (!isHostsPlace(place)) return [place]
  return place.host.map((host) => ({ host, port: place.port }))
}

/** @throws TypeError or RangeError if nobody could listen at `place`. */
export function requireServerPlace(place: ServerPlace): void {
  if (isFdPlace(place)) return requireFdPlace(place)
  const places = separate(place)
  if (places.length === 0) throw new RangeError('Expected at least one host, got none.')
  for (const each of places) requirePlace(each)
}

const nameOf = (address: Address) => JSON.stringify(address)

/** The addresses that `place` stands for, each once. */
export function* serverAddresses(loop: EventLoop, place: AddressedPlace): Gen<Address[]> {
  const found = new Map<string, Address>()
  for (const each of separate(place)) {
    for (const address of yield* resolve(loop, each, 'listen')) found.set(nameOf(address), address)
  }
  return [...found.values()]
}
