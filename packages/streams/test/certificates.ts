// X.509 (RFC 5280) in as many lines as the tests need: certificates of any kind, made when
// they are asked for.
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** DER: a tag, the length, and what is in it. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = Buffer.from(body.length.toString(16).padStart(4, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x82]), length, body])
}

const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
const set = (...parts: Uint8Array[]) => der(0x31, ...parts)
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const octets = (...parts: Uint8Array[]) => der(0x04, ...parts)
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes)
const yes = Buffer.from([0x01, 0x01, 0xff])

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))

const nameOf = (commonName: string) =>
  sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))))

const timeOf = (date: Date) =>
  der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

function subjectAltName(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    /^[\d.]+$/.test(name)
      ? der(0x87, Buffer.from(name.split('.').map(Number)))
      : der(0x82, Buffer.from(name)),
  )
  return sequence(oid('551d11'), octets(sequence(...entries)))
}

const basicConstraints = () => sequence(oid('551d13'), yes, octets(sequence(yes)))

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly commonName: string
  readonly privateKey: KeyObject
}

interface CertificateOptions {
  /** Names and IPv4 addresses that it is for. */
  readonly names?: readonly string[]
  /** Who signs it; default: itself. */
  readonly issuer?: Certificate
  readonly isAuthority?: boolean
  readonly notBefore?: Date
  readonly notAfter?: Date
}

const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`

/** Makes a certificate, with a key of its own. */
export function makeCertificate(commonName: string, options: CertificateOptions = {}): Certificate {
  const { issuer, names = [], isAuthority = false } = options
  const { notBefore = new Date('2020-01-01'), notAfter = new Date('2099-01-01') } = options
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [
    ...(names.length > 0 ? [subjectAltName(names)] : []),
    ...(isAuthority ? [basicConstraints()] : []),
  ]
  const body = sequence(
    der(0xa0, Buffer.from([0x02, 0x01, 0x02])),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    nameOf(issuer?.commonName ?? commonName),
    sequence(timeOf(notBefore), timeOf(notAfter)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  )
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey)
  const cert = pem(sequence(body, ecdsaWithSha256, bits(signature)))
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return { cert, key, commonName, privateKey }
}
