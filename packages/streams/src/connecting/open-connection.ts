import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { Connection } from './connection.js'
import type { ConnectOptions, ConnectPlace } from './connect-any.js'
import { createConnection } from './create-connection.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { StreamReader, type StreamReaderOptions } from '../reading/stream-reader.js'
import { StreamWriter } from '../transports/stream-writer.js'
import type { Transport } from '../transports/transport.js'

export interface OpenConnectionOptions extends ConnectOptions, StreamReaderOptions {}

function* opening(
  connecting: Coroutine<[Transport, StreamReaderProtocol]>,
  reader: StreamReader,
): Gen<Connection> {
  const [transport, protocol] = yield* connecting
  return new Connection(reader, new StreamWriter(transport, protocol))
}

/**
 * Connects by TCP (`{ host, port }`) or to a Unix socket (`{ path }`), or takes over a
 * socket that is connected (`{ fd }`). Cancelling gives up, and closes what was tried.
 *
 * The addresses of a name race (RFC 8305): each gets a start of 250 ms over the next. Numeric
 * ones, and `localhost`, are never looked up. Within `runBlocking` no other name can be.
 *
 * @throws OSError if nobody can be connected to: the first failure; all of them are in its
 *   `cause`, or thrown in an `ExceptionGroup` with `allErrors`. TlsError if the TLS handshake
 *   fails.
 * @example
 * ```ts
 * import { openConnection, startServer } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(async () => {
 *   const place = { path: '\0an abstract name' }
 *   await using server = await startServer(async (reader, writer) => {
 *     writer.write('who is there?')
 *     writer.close()
 *   }, place)
 *   await using connection = await openConnection(place)
 *   console.log(String(await connection.reader.read())) // who is there?
 * })
 * ```
 */
export function openConnection(
  place: ConnectPlace,
  options: OpenConnectionOptions = {},
): Coroutine<Connection> {
  const reader = new StreamReader(options)
  const factory = () => new StreamReaderProtocol(reader)
  return coroutine(opening(createConnection(factory, place, options), reader))
}
