import { getRunningLoop } from '@tsyncio/loop'
import type { Address, IPAddress, UnixAddress } from '@tsyncio/syscalls'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireDatagramOptions, type DatagramOptions } from './datagram-options.js'
import { DatagramSocket } from './datagram-socket.js'
import { openDatagramFd } from './open-datagram-fd.js'
import type { HostPlace, PathPlace } from '../names/place.js'

type HasPlace<P> = { readonly localAddress: P } | { readonly remoteAddress: P }

/** The addresses of a socket that is made with options `O`. */
export type DatagramAddress<O extends DatagramOptions> = O extends
  HasPlace<HostPlace | IPAddress> | { readonly family: 'IPv4' | 'IPv6' }
  ? IPAddress
  : O extends HasPlace<PathPlace> | { readonly family: 'Unix' }
    ? UnixAddress | undefined
    : Address | undefined

function* opening<A extends Address | undefined>(options: DatagramOptions): Gen<DatagramSocket<A>> {
  const loop = getRunningLoop()
  return new DatagramSocket<A>(loop, yield* openDatagramFd(loop, options))
}

/**
 * Opens a datagram socket: UDP (`{ host, port }`) or Unix (`{ path }`, which may be abstract
 * or none), bound to a `localAddress`, connected to a `remoteAddress`, or both; or takes an
 * open one over (`{ fd }`). Names are looked up, numeric addresses and `localhost` never.
 *
 * @throws OSError if the address is in use, not this machine's, not allowed ...; TypeError or
 *   RangeError if the options make no sense, or if the two addresses have no family in common.
 * @example
 * ```ts
 * import { openDatagram } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * const host = '127.0.0.1'
 * await run(async () => {
 *   await using server = await openDatagram({ localAddress: { host, port: 0 } })
 *   await using client = await openDatagram({ remoteAddress: server.localAddress })
 *   await client.send('hello')
 *   const { data, address } = await server.receive()
 *   await server.send(String(data).toUpperCase(), address)
 *   console.log(String((await client.receive()).data)) // HELLO
 * })
 * ```
 */
export function openDatagram<const O extends DatagramOptions>(
  options: O,
): Coroutine<DatagramSocket<DatagramAddress<O>>> {
  requireDatagramOptions(options)
  return coroutine(opening<DatagramAddress<O>>(options))
}
