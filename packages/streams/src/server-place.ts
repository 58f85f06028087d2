import type { EventLoop } from '@tsyncio/loop'
import type { Address } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { requireFd } from './require-fd.js'
import { requirePlace, type Place } from './place.js'
import { resolve } from './resolve.js'

/** Several TCP addresses of one server. */
export interface HostsPlace {
  readonly host: readonly string[]
  /** 0 is one free port, the same at all of them. */
  readonly port: number
}

/** A stream socket that is bound already: inherited, or received from another process. */
export interface FdPlace {
  readonly fd: number
}

/** Where a server listens. */
export type ServerPlace = Place | HostsPlace | FdPlace

/** The places that have an address: all but an fd. */
export type AddressedPlace = Exclude<ServerPlace, FdPlace>

/** Whether the place is a socket that exists already. */
export function isFdPlace(place: ServerPlace): place is FdPlace {
  return typeof place === 'object' && place !== null && 'fd' in place
}

function isHostsPlace(place: AddressedPlace): place is HostsPlace {
  return typeof place === 'object' && place !== null && 'host' in place && Array.isArray(place.host)
}

function separate(place: AddressedPlace): readonly Place[] {
  if (!isHostsPlace(place)) return [place]
  return place.host.map((host) => ({ host, port: place.port }))
}

/** @throws TypeError or RangeError if nobody could listen at `place`. */
export function requireServerPlace(place: ServerPlace): void {
  if (isFdPlace(place)) {
    const { fd, ...others } = place
    if (Object.values(others).some((value) => value !== undefined))
      throw new TypeError('Expected either { fd } or an address, got both.')
    requireFd(fd)
    return
  }
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
