import { ECONNRESET, EPIPE, osError } from '@tsyncio/syscalls'

const brand = Symbol.for('tsyncio.TlsError')

/** TLS failed: in the handshake, with a certificate, or later. */
export class TlsError extends Error {
  static {
    this.prototype.name = 'TlsError'
  }
  readonly [brand] = true
  /**
   * As node:tls has it: `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`,
   * `ERR_TLS_CERT_ALTNAME_INVALID`, `ERR_TLS_HANDSHAKE_TIMEOUT`, `ERR_SSL_...` of OpenSSL.
   */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const untrusted =
  'If you trust whoever signed it, give the certificate of that authority as tls.ca.'
const noTls = 'The other side does not speak TLS there: check the port, or leave out tls.'
const wantsCertificate =
  'The other side may want a certificate: give tls.cert and tls.key, signed by whom it trusts.'

/** What to do, by node:tls's code. */
const advice: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'It must be renewed; or is the clock of this machine wrong?',
  CERT_NOT_YET_VALID: 'Is the clock of this machine wrong?',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: 'Give the name that the certificate is for as tls.serverName.',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_HTTP_REQUEST: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: wantsCertificate,
  // OpenSSL 3.5, in Node 24, calls it after no version.
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': wantsCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'The other side does not know who signed our certificate.',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'None of tls.alpnProtocols is spoken there.',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'Compare the minVersion and maxVersion of both sides.',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'Compare the minVersion and maxVersion of both sides.',
}

type NodeError = Error & { code?: string; errno?: number; syscall?: string; reason?: string }

const lost: Readonly<Record<string, number>> = { ECONNRESET, EPIPE }

/** What node:tls threw, as an error of ours; `what` failed. */
export function tlsFailure(error: unknown, what: string): Error {
  const { code = 'ERR_TLS', errno, syscall, reason, message } = error as NodeError
  if (typeof errno === 'number' && syscall !== undefined) return osError(errno, syscall)
  if (lost[code] !== undefined) return osError(-lost[code], 'read')
  const why = `${what} failed: ${reason ?? message} (${code}).`
  return new TlsError(code, [why, advice[code]].join(' ').trimEnd(), { cause: error })
}
