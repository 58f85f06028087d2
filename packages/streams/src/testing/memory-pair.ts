import type { Connection } from '../connecting/connection.js'
import type { StreamReaderOptions } from '../reading/stream-reader.js'
import type { Protocol, Transport } from '../transports/transport.js'
import { connectionOver } from './connection-over.js'
import { memoryTransports, type MemoryPairOptions } from './memory-transports.js'

/**
 * Two ends that are connected in memory: what one writes, the other reads, with flow
 * control, half-close and all that a socket has. Deterministic, under virtual time too.
 *
 * @example
 * ```ts
 * import { memoryPair } from '@tsyncio/streams/testing'
 * import { runVirtual } from '@tsyncio/tasks/testing'
 *
 * await runVirtual(async () => {
 *   const [client, server] = memoryPair({ pieceSize: 1 })
 *   client.writer.write('byte by byte\n')
 *   console.log(String(await server.reader.readLine()).trim()) // byte by byte
 * })
 * ```
 */
export function memoryPair(
  options: MemoryPairOptions & StreamReaderOptions = {},
): [near: Connection, far: Connection] {
  let far!: Connection
  const near = connectionOver((protocol) => {
    let transport!: Transport
    far = connectionOver((other: Protocol) => {
      const ends = memoryTransports(protocol, other, options)
      transport = ends[0]
      return ends[1]
    }, options)
    return transport
  }, options)
  return [near, far]
}
