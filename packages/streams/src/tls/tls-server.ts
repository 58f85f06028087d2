import { AsyncLocalStorage } from 'node:async_hooks'
import type { Duplex } from 'node:stream'
import {
  createServer,
  type Server,
  type TlsOptions as NodeTlsOptions,
  type TLSSocket,
} from 'node:tls'

import { requireInside, requireTlsServer } from './require-tls.js'
import {
  defaultHandshakeTimeout,
  defaultShutdownTimeout,
  type TlsServerOptions,
} from './tls-options.js'
import type { HandshakeOutcome, TlsSide } from './tls-side.js'

// Node's own limit must not be the shorter one.
const never = 2 ** 31 - 1

type SniCallback = NonNullable<NodeTlsOptions['SNICallback']>

function sniCallbackOf(choose: NonNullable<TlsServerOptions['sniCallback']>): SniCallback {
  return (name, done) => {
    Promise.resolve(name)
      .then(choose)
      .then(
        (context) => done(null, context),
        (error: Error) => done(error),
      )
  }
}

function nodeOptions(options: TlsServerOptions): NodeTlsOptions {
  const { alpnProtocols, sniCallback, handshakeTimeout, shutdownTimeout, ...rest } = options
  return {
    ...rest,
    handshakeTimeout: never,
    ...(alpnProtocols === undefined ? {} : { ALPNProtocols: [...alpnProtocols] }),
    ...(sniCallback === undefined ? {} : { SNICallback: sniCallbackOf(sniCallback) }),
  }
}

/** Why the client was turned away, where node:tls itself only says that it was. */
function refusal(error: Error, { authorizationError }: TLSSocket): Error {
  const code = authorizationError as unknown
  if (typeof code !== 'string') return error
  return Object.assign(new Error(`the client's certificate is not accepted: ${code}`), { code })
}

/**
 * The server's side of TLS. A tls.Server that never listens does it: each connection is
 * given to it, and it gives back a TLSSocket. That the two belong together is known by the
 * context in which the handshake runs.
 */
export class TlsServer implements TlsSide {
  readonly isServer = true
  readonly handshakeTimeout: number
  readonly shutdownTimeout: number
  readonly secureContext = undefined
  readonly #server: Server
  readonly #outcomes = new AsyncLocalStorage<HandshakeOutcome>()

  /** @throws TypeError or RangeError if the options make no sense. */
  constructor(options: TlsServerOptions) {
    requireTlsServer(options)
    this.handshakeTimeout = options.handshakeTimeout ?? defaultHandshakeTimeout
    this.shutdownTimeout = options.shutdownTimeout ?? defaultShutdownTimeout
    this.#server = createServer(nodeOptions(options))
    this.#server.on('secureConnection', (socket) => this.#outcomes.getStore()?.secured(socket))
    this.#server.on('tlsClientError', (error, socket) =>
      this.#outcomes.getStore()?.failed(refusal(error, socket)),
    )
  }

  // The carrier too belongs to the context: its end may be that of the handshake.
  begin(makeCarrier: () => Duplex, outcome: HandshakeOutcome): void {
    this.#outcomes.run(outcome, () => this.#server.emit('connection', makeCarrier()))
  }
}

/** The server's side of TLS, if its options ask for TLS. */
export function tlsServerFor(options: { readonly tls?: TlsServerOptions }): TlsServer | undefined {
  requireInside(options)
  return options.tls === undefined ? undefined : new TlsServer(options.tls)
}
