import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import type { StreamReader } from '../reading/stream-reader.js'
import type { BaseTransport, Protocol } from '../transports/transport.js'

/** What takes the place of reader and writer. */
export interface Successor extends Protocol {
  dataReceived?(data: Buffer): void
  eofReceived?(): boolean
  connectionLost(error: Error | undefined): void
}

/**
 * Lets what `make` makes take a transport over from the reader and the writer, with what
 * has come and nobody has read.
 *
 * @throws TypeError if it was handed over before.
 */
export function handOver<S extends Successor>(
  transport: BaseTransport,
  reader: StreamReader | undefined,
  make: () => S,
): S {
  const protocol = transport.getProtocol()
  if (!(protocol instanceof StreamReaderProtocol)) {
    throw new TypeError('The connection was handed over already, to a stream or a protocol.')
  }
  const buffered = reader?.takeBuffered()
  const successor = make()
  if (buffered !== undefined && buffered.length > 0) successor.dataReceived?.(buffered)
  if (reader?.atEof() === true) successor.eofReceived?.()
  if (protocol.end !== undefined) successor.connectionLost(protocol.end.error)
  return successor
}
