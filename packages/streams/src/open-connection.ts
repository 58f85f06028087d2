import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { Connection } from './connection.js'
import { createConnection, type ConnectOptions } from './create-connection.js'
import type { Place } from './place.js'
import { StreamProtocol } from './stream-protocol.js'
import { StreamReader, type StreamReaderOptions } from './stream-reader.js'
import { StreamWriter } from './stream-writer.js'
import type { Transport } from './transport.js'

export interface OpenConnectionOptions extends ConnectOptions, StreamReaderOptions {}

function* opening(
  connecting: Coroutine<[Transport, StreamProtocol]>,
  reader: StreamReader,
): Gen<Connection> {
  const [transport, protocol] = yield* connecting
  return new Connection(reader, new StreamWriter(transport, protocol))
}

/**
 * Connects by TCP (`{ host, port }`) or to a Unix socket (`{ path }`). Cancelling gives up.
 * The addresses of a name are tried one after the other; numeric ones, and `localhost`,
 * are never looked up. Within `runBlocking` no other name can be.
 *
 * @throws OSError if nobody can be connected to: the first failure; the others are in its
 *   `cause`; TlsError if the TLS handshake fails.
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
  place: Place,
  options: OpenConnectionOptions = {},
): Coroutine<Connection> {
  const reader = new StreamReader(options)
  const factory = () => new StreamProtocol(reader)
  return coroutine(opening(createConnection(factory, place, options), reader))
}
