import type { PeerCertificate, SecureContext, SecureContextOptions } from 'node:tls'

/**
 * What both sides of TLS may be given. What is not listed here is node:tls's: `ca`, `cert`,
 * `key`, `pfx`, `passphrase`, `ciphers`, `minVersion`, `maxVersion`, `crl` and so on, with
 * its defaults (TLS 1.2 or later, the root certificates of Node).
 */
export interface TlsOptions extends SecureContextOptions {
  /** What may be spoken inside (RFC 7301), the most wanted first: `['h2', 'http/1.1']`. */
  readonly alpnProtocols?: readonly string[]
  /** Whether a certificate that cannot be verified ends the handshake. Default: true. */
  readonly rejectUnauthorized?: boolean
  /** How long a handshake may take, in milliseconds. Default: 60,000. */
  readonly handshakeTimeout?: number
  /**
   * How long after `close` the other side may take to receive what was written and to say
   * goodbye, in milliseconds; then the connection is aborted. Default: 30,000.
   */
  readonly shutdownTimeout?: number
}

export interface TlsClientOptions extends TlsOptions {
  /**
   * The name that the server's certificate must be for, and that the server is told (SNI).
   * Default: the host that is connected to. An empty string accepts any name.
   */
  readonly serverName?: string
  /** A session of an earlier connection to the same server, to be resumed: see `onSession`. */
  readonly session?: Buffer
  /** Called with each session that the server offers; the last one is the best to keep. */
  readonly onSession?: (session: Buffer) => void
  /** Made by `tls.createSecureContext()`, in place of `ca`, `cert`, `key` and their like. */
  readonly secureContext?: SecureContext
  /**
   * In place of node:tls's own check of the certificate's names: gives an error if the
   * certificate is not one for the server's name.
   */
  readonly checkServerIdentity?: (
    serverName: string,
    certificate: PeerCertificate,
  ) => Error | undefined
}

export interface TlsServerOptions extends TlsOptions {
  /** Whether to ask the client for a certificate, which `ca` must verify. Default: false. */
  readonly requestCert?: boolean
  /**
   * Chooses the certificate for the name that the client asks for (SNI), made by
   * `tls.createSecureContext()`; `undefined` for the server's own.
   */
  readonly sniCallback?: (
    serverName: string,
  ) => SecureContext | undefined | Promise<SecureContext | undefined>
}

export const defaultHandshakeTimeout = 60_000
export const defaultShutdownTimeout = 30_000
