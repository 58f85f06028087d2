import { coroutine, type Coroutine } from '@tsyncio/tasks'

import { TlsClient } from './tls-client.js'
import type { TlsClientOptions, TlsServerOptions } from './tls-options.js'
import { TlsServer } from './tls-server.js'
import type { Protocol, Transport } from '../transports/transport.js'
import { requireCarrying, upgradeTransport } from './upgrade-transport.js'

interface Received {
  /** What has come for TLS and was read from the transport already. */
  readonly received?: Uint8Array
}

/** A client's options, or with `serverSide` a server's. */
export type StartTlsOptions =
  | (TlsClientOptions & Received & { readonly serverSide?: false })
  | (TlsServerOptions & Received & { readonly serverSide: true })

/**
 * Puts TLS into a connection that stands: what was agreed upon in plain text (STARTTLS), or
 * TLS itself, which then carries another. Gives the transport to use from now on, of which
 * the protocol hears without being introduced again; the old one is not to be used. If it
 * fails or is cancelled, the connection is gone. For readers and writers there is
 * {@link StreamWriter.startTls}.
 *
 * @throws TlsError if the handshake fails; TypeError if the transport is that of a pipe, or
 *   if the options make no sense: `serverName` is needed, a transport has no host.
 * @example
 * ```ts no-run
 * import { createConnection, startTls, type Protocol } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * class Client implements Protocol {
 *   dataReceived(data: Buffer) {
 *     console.log(String(data))
 *   }
 * }
 *
 * await run(function* () {
 *   const host = 'mail.example.com'
 *   const [plain, client] = yield* createConnection(() => new Client(), { host, port: 587 })
 *   plain.write('STARTTLS\r\n')
 *   const transport = yield* startTls(plain, client, { serverName: host })
 *   transport.write('EHLO me\r\n')
 * })
 * ```
 */
export function startTls(
  transport: Transport,
  protocol: Protocol,
  options: StartTlsOptions,
): Coroutine<Transport> {
  const below = requireCarrying(transport)
  const { serverSide, received, ...tls } = options
  if (serverSide !== undefined && typeof serverSide !== 'boolean') {
    throw new TypeError(`Expected serverSide to be a boolean, got ${typeof serverSide}.`)
  }
  if (received !== undefined && !((received as unknown) instanceof Uint8Array)) {
    throw new TypeError(`Expected received to be a Uint8Array, got ${typeof received}.`)
  }
  const side = serverSide ? new TlsServer(tls) : new TlsClient(tls, undefined)
  return coroutine(
    upgradeTransport(below, protocol, side, { takeReceived: () => received ?? Buffer.alloc(0) }),
  )
}
