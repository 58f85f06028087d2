import type { ReaderAndWriter } from '../bridges/as-duplex.js'
import { SocketTransport } from '../transports/socket-transport.js'
import type { Transport } from '../transports/transport.js'

/** @throws TypeError if it is no connection over a socket. */
export function socketTransportOf(of: ReaderAndWriter | Transport): SocketTransport {
  const { writer } = Object(of) as Partial<ReaderAndWriter>
  const transport: unknown = writer === undefined ? of : writer.transport
  if (transport instanceof SocketTransport) return transport
  throw new TypeError('Expected an fd, or a connection over a Unix socket.')
}
