import { getRunningLoop } from '@tsyncio/loop'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { introduced } from '../transports/introduced.js'
import { DatagramFdTransport } from './datagram-fd-transport.js'
import { requireDatagramOptions, type DatagramOptions } from './datagram-options.js'
import type { DatagramProtocol, DatagramTransport } from './datagram-transport.js'
import { openDatagramFd } from './open-datagram-fd.js'

function* creating<P extends DatagramProtocol>(
  factory: () => P,
  options: DatagramOptions,
): Gen<[DatagramTransport, P]> {
  const loop = getRunningLoop()
  const socket = yield* openDatagramFd(loop, options)
  let protocol: P
  try {
    protocol = factory()
  } catch (error) {
    socket.close()
    throw error
  }
  const transport = yield* introduced(new DatagramFdTransport(loop, socket, protocol))
  return [transport as unknown as DatagramTransport, protocol]
}

/**
 * Makes a datagram socket, UDP or Unix, and lets a protocol of `factory` use it by
 * callbacks: the fastest way, and the lowest. `openDatagram` takes the same options, and is
 * for tasks.
 *
 * Of the datagrams that have come, at most 64 are told in one turn of the loop, so that
 * nobody can keep it from everything else.
 *
 * @throws OSError if the address is in use, not this machine's, not allowed ...; TypeError or
 *   RangeError if the options make no sense, or if the two addresses have no family in common.
 * @example
 * ```ts
 * import { getRunningLoop } from '@tsyncio/loop'
 * import { createDatagramEndpoint, type DatagramPlace, type DatagramTransport } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * class Echo {
 *   transport!: DatagramTransport
 *
 *   connectionMade(transport: DatagramTransport) {
 *     this.transport = transport
 *   }
 *
 *   datagramReceived(data: Buffer, address: DatagramPlace | undefined) {
 *     this.transport.sendTo(data, address)
 *   }
 * }
 *
 * await run(function* () {
 *   const localAddress = { host: '127.0.0.1', port: 0 }
 *   const [server] = yield* createDatagramEndpoint(() => new Echo(), { localAddress })
 *   const answer = getRunningLoop().createFuture<string>()
 *   const [client] = yield* createDatagramEndpoint(
 *     () => ({ datagramReceived: (data: Buffer) => answer.setResult(String(data)) }),
 *     { remoteAddress: server.getExtraInfo('sockname') as DatagramPlace },
 *   )
 *   client.sendTo('hello')
 *   console.log(yield* answer) // hello
 *   client.close()
 *   server.close()
 * })
 * ```
 */
export function createDatagramEndpoint<P extends DatagramProtocol>(
  factory: () => P,
  options: DatagramOptions,
): Coroutine<[DatagramTransport, P]> {
  if (typeof factory !== 'function')
    throw new TypeError(`Expected a function, got ${typeof factory}.`)
  requireDatagramOptions(options)
  return coroutine(creating(factory, options))
}
