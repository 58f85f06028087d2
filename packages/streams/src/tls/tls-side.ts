import type { Duplex } from 'node:stream'
import type { SecureContext, TLSSocket } from 'node:tls'

/** Who is told how a handshake went: one of the two, once. */
export interface HandshakeOutcome {
  secured(socket: TLSSocket): void
  failed(error: unknown): void
}

/** One side of TLS, client or server: how a handshake is begun over one of Node's streams. */
export interface TlsSide {
  readonly isServer: boolean
  readonly handshakeTimeout: number
  readonly shutdownTimeout: number
  /** Undefined for a server: SNI may choose another for each connection. */
  readonly secureContext: SecureContext | undefined
  begin(makeCarrier: () => Duplex, outcome: HandshakeOutcome): void
}
