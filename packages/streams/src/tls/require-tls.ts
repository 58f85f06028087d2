import type { TlsClientOptions, TlsOptions, TlsServerOptions } from './tls-options.js'

// As node:tls spells them, and Python.
const otherSpellings: Readonly<Record<string, string>> = {
  servername: 'serverName',
  serverHostname: 'serverName',
  ALPNProtocols: 'alpnProtocols',
  SNICallback: 'sniCallback',
}

const clientOnly = ['serverName', 'session', 'onSession', 'secureContext', 'checkServerIdentity']
const serverOnly = ['requestCert', 'sniCallback', 'ticketKeys']
const both = ['alpnProtocols', 'rejectUnauthorized', 'handshakeTimeout', 'shutdownTimeout']
const context = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'ciphers', 'minVersion', 'maxVersion']
const all = [
  ...clientOnly,
  ...serverOnly,
  ...both,
  ...context,
  'ssl',
  ...Object.keys(otherSpellings),
]

function requireType(options: object, name: string, type: string): void {
  const value = (options as Record<string, unknown>)[name]
  if (value === undefined || typeof value === type) return
  throw new TypeError(`Expected tls.${name} to be a ${type}, got ${typeof value}.`)
}

function requireTimeout(options: TlsOptions, name: 'handshakeTimeout' | 'shutdownTimeout'): void {
  requireType(options, name, 'number')
  const value = options[name]
  if (value === undefined || (value > 0 && value <= 2 ** 31 - 1)) return
  throw new RangeError(`Expected tls.${name} to be milliseconds above 0, got ${value}.`)
}

function requireProtocols({ alpnProtocols }: TlsOptions): void {
  if (alpnProtocols === undefined) return
  if (!Array.isArray(alpnProtocols))
    throw new TypeError('Expected tls.alpnProtocols to be an array.')
  for (const name of alpnProtocols as unknown[]) {
    if (typeof name !== 'string')
      throw new TypeError(`Expected a protocol's name, got ${typeof name}.`)
    const { length } = Buffer.from(name)
    if (length < 1 || length > 255) {
      throw new RangeError(`Expected a protocol's name of 1 to 255 bytes, got ${length}.`)
    }
  }
}

function requireCommon(options: TlsOptions, foreign: readonly string[], side: string): void {
  for (const name of Object.keys(options)) {
    const known = otherSpellings[name]
    if (known !== undefined) throw new TypeError(`tls.${name} is spelled tls.${known}.`)
    if (foreign.includes(name)) throw new TypeError(`tls.${name} is not for a ${side}.`)
  }
  requireType(options, 'rejectUnauthorized', 'boolean')
  requireTimeout(options, 'handshakeTimeout')
  requireTimeout(options, 'shutdownTimeout')
  requireProtocols(options)
}

function requireObject(tls: unknown): void {
  if (typeof tls === 'object' && tls !== null) return
  throw new TypeError(`Expected tls to be true or an object of options, got ${String(tls)}.`)
}

/** @throws TypeError if an option of TLS was given beside `tls` instead of inside. */
export function requireInside(options: object): void {
  for (const name of Object.keys(options)) {
    if (!all.includes(name)) continue
    const inside = name === 'ssl' ? 'tls' : `tls: { ${otherSpellings[name] ?? name} }`
    throw new TypeError(`${name} is an option of TLS: give it as ${inside}.`)
  }
}

/** @throws TypeError or RangeError if these are no options for a client. */
export function requireTlsClient(options: TlsClientOptions): void {
  requireObject(options)
  requireCommon(options, serverOnly, 'client')
  requireType(options, 'serverName', 'string')
  requireType(options, 'onSession', 'function')
  requireType(options, 'checkServerIdentity', 'function')
  const { session } = options
  if (session === undefined || (session as unknown) instanceof Uint8Array) return
  throw new TypeError(`Expected tls.session to be a Buffer, got ${typeof session}.`)
}

/** @throws TypeError or RangeError if these are no options for a server. */
export function requireTlsServer(options: TlsServerOptions): void {
  if ((options as unknown) === true) {
    throw new TypeError('A server needs a certificate: give tls: { cert, key } or { pfx }.')
  }
  requireObject(options)
  requireCommon(options, clientOnly, 'server')
  requireType(options, 'requestCert', 'boolean')
  requireType(options, 'sniCallback', 'function')
  const { cert, pfx, sniCallback } = options
  if (cert === undefined && pfx === undefined && sniCallback === undefined) {
    throw new TypeError('A server needs a certificate: give tls.cert and tls.key, or tls.pfx.')
  }
}
