import { Connection } from '../connecting/connection.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { StreamReader, type StreamReaderOptions } from '../reading/stream-reader.js'
import { StreamWriter } from '../transports/stream-writer.js'
import type { Protocol, Transport } from '../transports/transport.js'

/**
 * A reader and a writer over a transport of your own, which `connect` makes for the
 * protocol that feeds them: so that it can be tested by the suites.
 *
 * @example
 * ```ts
 * import type { Transport } from '@tsyncio/streams'
 * import { connectionOver, memoryTransports } from '@tsyncio/streams/testing'
 * import { runVirtual } from '@tsyncio/tasks/testing'
 *
 * await runVirtual(async () => {
 *   const greeter = { connectionMade: (transport: Transport) => transport.write('hello\n') }
 *   const { reader } = connectionOver((protocol) => memoryTransports(protocol, greeter)[0])
 *   console.log(String(await reader.readLine()).trim()) // hello
 * })
 * ```
 */
export function connectionOver(
  connect: (protocol: Protocol) => Transport,
  options: StreamReaderOptions = {},
): Connection {
  const reader = new StreamReader(options)
  const protocol = new StreamReaderProtocol(reader)
  return new Connection(reader, new StreamWriter(connect(protocol), protocol))
}
