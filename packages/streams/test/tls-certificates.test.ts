import {
  createServer,
  openConnection,
  startServer,
  TlsError,
  type TlsClientOptions,
  type TlsServerOptions,
} from '@tsyncio/streams'
import { getRunningLoop } from '@tsyncio/loop'
import { run, sleep, type Gen } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

import { makeCertificate } from './certificates.js'
import { expectNoLeaks } from './no-leaks.js'
import {
  at,
  authority,
  ca,
  echo,
  failureOf,
  forClient,
  forServer,
  place,
  Recorder,
} from './tls-fixtures.js'

interface Sides {
  readonly server?: Partial<TlsServerOptions>
  readonly client?: boolean | TlsClientOptions
}

/** What a client is told that tries to connect; the server goes on, and serves the next. */
function* refused({ server, client = forClient }: Sides): Gen<Error & { code?: string }> {
  const protocols: Recorder[] = []
  const factory = () => {
    const protocol = new Recorder()
    protocols.push(protocol)
    return protocol
  }
  const listening = yield* createServer(factory, place, { tls: { ...forServer, ...server } })
  const failure = yield* failureOf(() => openConnection(at(listening.port), { tls: client }))
  expect(listening.isServing()).toBe(true)
  listening.close()
  yield* listening.waitClosed()
  expect(protocols).toHaveLength(1)
  return failure
}

const names = ['localhost', '127.0.0.1']
const pair = (options: Parameters<typeof makeCertificate>[1]) => {
  const { cert, key } = makeCertificate('localhost', { issuer: authority, names, ...options })
  return { cert, key }
}

expectNoLeaks()

describe('a certificate', () => {
  const past = new Date('2021-01-01')
  const future = new Date('2098-01-01')
  const stranger = makeCertificate('a stranger', { isAuthority: true })
  const own = makeCertificate('localhost', { names })
  const wrong: readonly [string, Sides, string, RegExp][] = [
    ['has expired', { server: pair({ notAfter: past }) }, 'CERT_HAS_EXPIRED', /renewed/],
    ['is not valid yet', { server: pair({ notBefore: future }) }, 'CERT_NOT_YET_VALID', /clock/],
    [
      'is for another name',
      { server: pair({ names: ['x.test'] }) },
      'ERR_TLS_CERT_ALTNAME_INVALID',
      /tls\.serverName/,
    ],
    [
      'is for another name than asked for',
      { client: { ca, serverName: 'other.test' } },
      'ERR_TLS_CERT_ALTNAME_INVALID',
      /other\.test/,
    ],
    [
      'is by an unknown authority',
      { server: pair({ issuer: stranger }) },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      /tls\.ca/,
    ],
    [
      'is by an authority that nobody knows',
      { client: true },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      /tls\.ca/,
    ],
    [
      'signs itself',
      { server: { cert: own.cert, key: own.key } },
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      /tls\.ca/,
    ],
    [
      'comes with an authority that nobody knows',
      { server: { ...forServer, cert: forServer.cert + ca }, client: true },
      'SELF_SIGNED_CERT_IN_CHAIN',
      /tls\.ca/,
    ],
  ]
  for (const [what, sides, code, message] of wrong) {
    it(`that ${what} is refused by default, with ${code} and what to do`, async () => {
      await run(function* () {
        const failure = yield* refused(sides)
        expect(failure).toBeInstanceOf(TlsError)
        expect(failure.code).toBe(code)
        expect(failure.message).toMatch(message)
        expect(failure.cause).toBeInstanceOf(Error)
      })
    })
  }

  it('is not looked at if the client says so', async () => {
    await run(function* () {
      const tls = { cert: own.cert, key: own.key }
      const server = yield* startServer(echo, place, { tls })
      const trusting = { rejectUnauthorized: false, serverName: 'whatever.test' }
      for (const client of [trusting, { ca: own.cert, serverName: '' }]) {
        const { reader, writer } = yield* openConnection(at(server.port), { tls: client })
        writer.write('x\n')
        expect(String(yield* reader.readLine())).toBe('x\n')
        writer.close()
        yield* writer.waitClosed()
      }
      server.close()
      yield* server.waitClosed()
    })
  })
})

describe('a client', () => {
  const mine = makeCertificate('a client', { issuer: authority })
  const stranger = makeCertificate('a stranger')

  // In TLS 1.3 a client is done before the server has seen its certificate.
  it('without the certificate that the server wants is told when it reads', async () => {
    await run(function* () {
      const tls = { ...forServer, ca, requestCert: true }
      const server = yield* startServer(echo, place, { tls })
      const { reader, writer } = yield* openConnection(at(server.port), { tls: forClient })
      const failure = yield* failureOf(() => reader.read())
      expect(failure).toBeInstanceOf(TlsError)
      expect(failure.code).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
      expect(failure.message).toContain('tls.cert')
      expect(yield* failureOf(() => writer.waitClosed())).toBe(failure)
      server.close()
      yield* server.waitClosed()
    })
  })

  it('without it is refused at once in TLS 1.2', async () => {
    await run(function* () {
      const failure = yield* refused({
        server: { ca, requestCert: true, maxVersion: 'TLSv1.2' },
      })
      expect(failure.code).toMatch(/_ALERT_HANDSHAKE_FAILURE$/)
      expect(failure.message).toContain('tls.cert')
    })
  })

  it('with one of somebody else is turned away, which debug mode reports', async () => {
    await run(function* () {
      const loop = getRunningLoop()
      const reports: { message: string; exception?: unknown }[] = []
      loop.setExceptionHandler((_loop, context) => void reports.push(context))
      loop.setDebug(true)
      const tls = { ...forServer, ca, requestCert: true }
      const server = yield* startServer(echo, place, { tls })
      const theirs = { ...forClient, cert: stranger.cert, key: stranger.key }
      const { reader, writer } = yield* openConnection(at(server.port), { tls: theirs })
      try {
        expect(yield* reader.read()).toBeNull()
      } catch (error) {
        expect((error as { code: string }).code).toBe('ECONNRESET')
      }
      yield* writer[Symbol.asyncDispose]()
      while (reports.length === 0) yield* sleep(1)
      expect(reports[0]).toMatchObject({
        message: 'A TLS handshake failed',
        exception: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      })
      const good = { ...forClient, cert: mine.cert, key: mine.key }
      const next = yield* openConnection(at(server.port), { tls: good })
      next.writer.write('x\n')
      expect(String(yield* next.reader.readLine())).toBe('x\n')
      next.writer.close()
      yield* next.writer.waitClosed()
      expect(reports).toHaveLength(1)
      server.close()
      yield* server.waitClosed()
    })
  })

  it('and a server with no version or no protocol in common are told so', async () => {
    await run(function* () {
      const version = yield* refused({
        server: { minVersion: 'TLSv1.3' },
        client: { ca, maxVersion: 'TLSv1.2' },
      })
      expect(version.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
      expect(version.message).toContain('minVersion')
      const protocol = yield* refused({
        server: { alpnProtocols: ['a'] },
        client: { ca, alpnProtocols: ['b'] },
      })
      expect(protocol.code).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
      expect(protocol.message).toContain('tls.alpnProtocols')
    })
  })
})
