import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls'

import type { ConnectPlace } from '../connecting/connect-any.js'
import { requireInside, requireTlsClient } from './require-tls.js'
import {
  defaultHandshakeTimeout,
  defaultShutdownTimeout,
  type TlsClientOptions,
} from './tls-options.js'
import type { HandshakeOutcome, TlsSide } from './tls-side.js'

function contextOf({ secureContext, ...options }: TlsClientOptions): SecureContext {
  return secureContext ?? createSecureContext(options)
}

// An address can be in a certificate, but not be asked for by SNI (RFC 6066, section 3).
function identityOf(name: string, options: TlsClientOptions): ConnectionOptions {
  const { checkServerIdentity } = options
  const check = name === '' ? () => undefined : checkServerIdentity
  const host = name.replace(/%.*$/, '').replace(/\.$/, '')
  return {
    host,
    ...(host === '' || isIP(host) !== 0 ? {} : { servername: host }),
    ...(check === undefined ? {} : { checkServerIdentity: check }),
  }
}

/** The client's side of TLS. */
export class TlsClient implements TlsSide {
  readonly isServer = false
  readonly handshakeTimeout: number
  readonly shutdownTimeout: number
  readonly secureContext: SecureContext
  readonly #options: ConnectionOptions
  readonly #onSession: ((session: Buffer) => void) | undefined

  /**
   * @param name that the certificate must be for, if the options have no `serverName`.
   * @throws TypeError or RangeError if the options make no sense.
   */
  constructor(options: TlsClientOptions, name: string | undefined) {
    requireTlsClient(options)
    const { serverName = name, alpnProtocols, rejectUnauthorized = true, session } = options
    if (serverName === undefined) {
      throw new TypeError(
        'Expected tls.serverName: without a host, nothing says which name the certificate ' +
          'must be for. An empty one accepts any.',
      )
    }
    this.handshakeTimeout = options.handshakeTimeout ?? defaultHandshakeTimeout
    this.shutdownTimeout = options.shutdownTimeout ?? defaultShutdownTimeout
    this.#onSession = options.onSession
    this.secureContext = contextOf(options)
    this.#options = {
      secureContext: this.secureContext,
      rejectUnauthorized,
      ...identityOf(serverName, options),
      ...(alpnProtocols === undefined ? {} : { ALPNProtocols: [...alpnProtocols] }),
      ...(session === undefined ? {} : { session }),
    }
  }

  begin(makeCarrier: () => Duplex, outcome: HandshakeOutcome): void {
    const socket = connect({ ...this.#options, socket: makeCarrier() })
    socket.once('secureConnect', () => outcome.secured(socket))
    socket.on('error', (error) => outcome.failed(error))
    if (this.#onSession !== undefined) socket.on('session', this.#onSession)
  }
}

/** The client's side of TLS for a connection to `place`, if its options ask for TLS. */
export function tlsClientFor(
  place: ConnectPlace,
  options: { readonly tls?: boolean | TlsClientOptions | undefined },
): TlsClient | undefined {
  const { tls } = options
  requireInside(options)
  if (tls === undefined || tls === false) return undefined
  const host = 'host' in place && place.host !== '' ? place.host : undefined
  return new TlsClient(tls === true ? {} : tls, host)
}
