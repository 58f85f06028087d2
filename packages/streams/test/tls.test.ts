import { getRunningLoop } from '@tsyncio/loop'
import {
  asDuplex,
  openConnection,
  startServer,
  type Connection,
  type Server,
  type TlsClientOptions,
  type TransportSocket,
} from '@tsyncio/streams'
import { createTask, run, runBlocking, sleep, until, type Gen } from '@tsyncio/tasks'
import { randomBytes } from 'node:crypto'
import { createServer as createWeb } from 'node:http'
import { get } from 'node:https'
import { buffer, text } from 'node:stream/consumers'
import { createSecureContext, type PeerCertificate, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'

import { makeCertificate } from './certificates.js'
import { expectNoLeaks, openFdCount } from './no-leaks.js'
import {
  at,
  authority,
  ca,
  closeBoth,
  echo,
  failureOf,
  forClient,
  forServer,
  place,
  recorders,
} from './tls-fixtures.js'

function* closed(server: Server, { writer }: Connection): Gen<void> {
  writer.close()
  yield* writer.waitClosed()
  server.close()
  yield* server.waitClosed()
}

/** Lines there and back again. */
function* chat({ reader, writer }: Connection): Gen<string> {
  writer.write('hello\n')
  return String(yield* reader.readLine()).trim()
}

expectNoLeaks()

describe('a connection inside TLS', () => {
  it('carries lines both ways, in generators', async () => {
    await run(function* () {
      const server = yield* startServer(echo, place, { tls: forServer })
      const connection = yield* openConnection(at(server.port), { tls: forClient })
      expect(yield* chat(connection)).toBe('hello')
      yield* closed(server, connection)
    })
  })

  it('carries lines both ways, in async functions', async () => {
    await run(async () => {
      await using server = await startServer(
        async (reader, writer) => {
          for await (const line of reader) writer.write(line)
          writer.close()
        },
        place,
        { tls: forServer },
      )
      await using connection = await openConnection(at(server.port), { tls: forClient })
      connection.writer.writeLines(['one\n', 'two\n'])
      expect(String(await connection.reader.readExactly(8))).toBe('one\ntwo\n')
    })
  })

  it('carries any bytes with back-pressure both ways', async () => {
    await run(function* () {
      const data = randomBytes(3_000_000)
      const server = yield* startServer(
        function* (reader, writer) {
          for (let piece; (piece = yield* reader.read(50_000)) !== null;) {
            writer.write(piece)
            yield* writer.drain()
          }
          writer.close()
        },
        place,
        { tls: forServer },
      )
      const connection = yield* openConnection(at(server.port), { tls: forClient })
      const { reader, writer } = connection
      const writing = createTask(function* () {
        for (let i = 0; i < data.length; i += 70_001) {
          writer.write(data.subarray(i, i + 70_001))
          yield* writer.drain()
          expect(writer.transport.getWriteBufferSize()).toBeLessThanOrEqual(65_536)
        }
      })
      expect((yield* reader.readExactly(data.length)).equals(data)).toBe(true)
      yield* writing
      yield* closed(server, connection)
    })
  })

  it('goes over a Unix socket, with the name that the certificate is for', async () => {
    await run(function* () {
      const path = { path: `\0tsyncio-tls-${process.pid}` }
      const server = yield* startServer(echo, path, { tls: forServer })
      const tls = { ...forClient, serverName: 'localhost' }
      const connection = yield* openConnection(path, { tls })
      expect(yield* chat(connection)).toBe('hello')
      expect(connection.remoteAddress).toMatchObject({ path: path.path })
      yield* closed(server, connection)
    })
  })

  it('tells who is there, and how it is spoken to', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders({ client: { serverName: 'localhost' } })
      const { transport } = client
      const certificate = transport.getExtraInfo('peercert') as PeerCertificate
      expect(certificate.subjectaltname).toBe('DNS:localhost, IP Address:127.0.0.1')
      expect(transport.getExtraInfo('cipher')).toMatchObject({ version: 'TLSv1.3' })
      expect((transport.getExtraInfo('tlsSocket') as TLSSocket).authorized).toBe(true)
      expect(transport.getExtraInfo('sslcontext')).toHaveProperty('context')
      expect(transport.getExtraInfo('alpnProtocol')).toBeUndefined()
      expect(transport.getExtraInfo('compression')).toBeUndefined()
      expect(transport.getExtraInfo('toString')).toBeUndefined()
      expect(peer.transport.getExtraInfo('peercert')).toBeUndefined()
      expect(peer.transport.getExtraInfo('servername')).toBe('localhost')
      const socket = transport.getExtraInfo('socket') as TransportSocket
      expect(socket.getpeername()).toEqual(transport.getExtraInfo('peername'))
      expect(transport.getExtraInfo('sockname')).toEqual(peer.transport.getExtraInfo('peername'))
      expect(`${transport as unknown as string}`).toMatch(/^<TlsTransport open fd=\d+>$/)
      yield* closeBoth(client, peer)
      expect(transport.getExtraInfo('peername')).toEqual(peer.transport.getExtraInfo('sockname'))
    })
  })

  it('agrees upon a protocol (ALPN), or upon none', async () => {
    await run(function* () {
      const server = { alpnProtocols: ['h2', 'http/1.1'] }
      const chosen = function* (alpnProtocols: string[] | undefined): Gen<unknown[]> {
        const client = alpnProtocols === undefined ? {} : { alpnProtocols }
        const [ours, theirs] = yield* recorders({ server, client })
        const both = [ours, theirs].map(({ transport }) => transport.getExtraInfo('alpnProtocol'))
        yield* closeBoth(ours, theirs)
        return both
      }
      expect(yield* chosen(['http/1.1', 'h2'])).toEqual(['h2', 'h2'])
      expect(yield* chosen(['http/1.1'])).toEqual(['http/1.1', 'http/1.1'])
      expect(yield* chosen(undefined)).toEqual([undefined, undefined])
    })
  })

  it('shows the certificate for the name that is asked for (SNI)', async () => {
    await run(function* () {
      const other = makeCertificate('other', { issuer: authority, names: ['other.test'] })
      const asked: string[] = []
      const server = yield* startServer(echo, place, {
        tls: {
          ...forServer,
          sniCallback: (name) => {
            asked.push(name)
            if (name === 'localhost') return undefined
            const context = createSecureContext({ cert: other.cert, key: other.key })
            return name === 'other.test' ? context : Promise.reject(new Error(`no ${name}`))
          },
        },
      })
      for (const serverName of ['other.test', 'localhost']) {
        const tls = { ...forClient, serverName }
        const { reader, writer } = yield* openConnection(at(server.port), { tls })
        const shown = writer.getExtraInfo('peercert') as PeerCertificate
        expect(shown.subjectaltname).toContain(serverName)
        writer.close()
        expect(yield* reader.read()).toBeNull()
        yield* writer.waitClosed()
      }
      yield* failureOf(() =>
        openConnection(at(server.port), { tls: { ...forClient, serverName: 'third.test' } }),
      )
      expect(asked).toEqual(['other.test', 'localhost', 'third.test'])
      server.close()
      yield* server.waitClosed()
    })
  })

  it('shows the certificate of a client that has one', async () => {
    await run(function* () {
      const mine = makeCertificate('a client', { issuer: authority })
      const server = { ca, requestCert: true }
      const [client, peer] = yield* recorders({
        server,
        client: { cert: mine.cert, key: mine.key },
      })
      const shown = peer.transport.getExtraInfo('peercert') as PeerCertificate
      expect(shown.subject.CN).toBe('a client')
      yield* closeBoth(client, peer)
    })
  })

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`resumes a session (${maxVersion}), whose server wants client certificates or not`, async () => {
      await run(function* () {
        for (const extra of [{}, { ca, requestCert: true, rejectUnauthorized: false }]) {
          const server = yield* startServer(echo, place, { tls: { ...forServer, ...extra } })
          let session: Buffer | undefined
          const reused: boolean[] = []
          for (let i = 0; i < 3; i++) {
            const tls: TlsClientOptions = {
              ...forClient,
              maxVersion,
              ...(session === undefined ? {} : { session }),
              onSession: (latest) => void (session = latest),
            }
            const connection = yield* openConnection(at(server.port), { tls })
            yield* chat(connection)
            const { writer } = connection
            reused.push((writer.getExtraInfo('tlsSocket') as TLSSocket).isSessionReused())
            writer.close()
            yield* writer.waitClosed()
          }
          expect(reused).toEqual([false, true, true])
          server.close()
          yield* server.waitClosed()
        }
      })
    })
  }

  it('is one of the streams of Node if asked to: http inside', async () => {
    const before = openFdCount()
    const web = createWeb((request, response) => response.end(`you asked for ${request.url}`))
    await run(async () => {
      await using server = await startServer(
        (reader, writer) => web.emit('connection', asDuplex({ reader, writer })),
        place,
        { tls: forServer },
      )
      const body = await new Promise<string>((resolve, reject) => {
        const options = { ca, agent: false }
        get(`https://127.0.0.1:${server.port}/x`, options, (response) => {
          text(response).then(resolve, reject)
        }).on('error', reject)
      })
      expect(body).toBe('you asked for /x')
      server.close()
      server.closeClients()
    })
    while (openFdCount() > before) await new Promise((resolve) => setImmediate(resolve))
  })

  it('as one of the streams of Node can be ended, and read from slowly after that', async () => {
    await run(async () => {
      const data = randomBytes(3_000_000)
      await using server = await startServer(
        async (reader, writer) => {
          expect(String(await reader.read())).toBe('all that I say')
          writer.close()
        },
        place,
        { tls: forServer },
      )
      const connection = await openConnection(at(server.port), { tls: forClient })
      const duplex = connection.asDuplex()
      duplex.end('all that I say')
      expect(await buffer(duplex)).toEqual(Buffer.alloc(0))
      await connection.writer.waitClosed()

      await using talker = await startServer(
        async (_reader, writer) => {
          writer.write(data)
          await writer.drain()
          writer.close()
        },
        place,
        { tls: forServer },
      )
      const other = await openConnection(at(talker.port), { tls: forClient })
      expect((await other.reader.readExactly(1)).equals(data.subarray(0, 1))).toBe(true)
      const slow = other.asDuplex()
      slow.end()
      await sleep(20)
      expect((await buffer(slow)).equals(data.subarray(1))).toBe(true)
      await other.writer.waitClosed()
    })
  })

  it('is refused in runBlocking, before anything is connected to', () => {
    runBlocking(function* () {
      const options = { tls: forClient }
      const refused = yield* failureOf(() => openConnection(at(1), options))
      expect(refused).toBeInstanceOf(TypeError)
      expect(refused.message).toContain('runBlocking')
      const server = yield* failureOf(() => startServer(echo, place, { tls: forServer }))
      expect(server.message).toContain('runBlocking')
    })
  })
})

describe('a protocol inside TLS', () => {
  it('is told in order: made, data, end, lost', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      peer.transport.write('hello')
      yield* client.until('data hello')
      peer.transport.close()
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.calls).toEqual(['made', 'data hello', 'eof', 'lost'])
      expect(peer.calls).toEqual(['made', 'eof', 'lost'])
      expect([client.error, peer.error]).toEqual([undefined, undefined])
    })
  })

  it('is told to pause above the high mark and to resume at the low one, in pairs', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      const { transport } = client
      expect(transport.getWriteBufferLimits()).toEqual({ high: 65_536, low: 16_384 })
      peer.transport.pauseReading()
      expect(peer.transport.isReading()).toBe(false)
      let written = 0
      while (transport.getWriteBufferSize() <= 65_536 || written < 20_000_000) {
        written += 1_000_000
        transport.write(Buffer.alloc(1_000_000))
      }
      expect(client.calls).toEqual(['made', 'pause'])
      const size = transport.getWriteBufferSize()
      transport.setWriteBufferLimits({ high: size, low: size })
      expect(client.calls).toEqual(['made', 'pause', 'resume'])
      transport.write('x')
      expect(client.calls).toEqual(['made', 'pause', 'resume', 'pause'])
      transport.setWriteBufferLimits({ low: 10 })
      expect(transport.getWriteBufferLimits()).toEqual({ high: 40, low: 10 })
      expect(() => transport.setWriteBufferLimits({ high: 1, low: 2 })).toThrow(RangeError)
      yield* sleep(5)
      expect(peer.bytes).toBe(0)
      peer.transport.resumeReading()
      while (transport.getWriteBufferSize() > 0) yield* sleep(1)
      expect(client.calls).toEqual(['made', 'pause', 'resume', 'pause', 'resume'])
      yield* closeBoth(client, peer)
      expect(peer.bytes).toBe(written + 1)
    })
  })

  it('gets nothing while reading is paused, and all of it later', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      client.transport.pauseReading()
      client.transport.pauseReading()
      peer.transport.writeLines(['la', '', 'ter'])
      peer.transport.close()
      yield* sleep(5)
      expect(client.calls).toEqual(['made'])
      client.transport.resumeReading()
      client.transport.resumeReading()
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.calls.filter((call) => !call.startsWith('data'))).toEqual([
        'made',
        'eof',
        'lost',
      ])
      expect(client.bytes).toBe(5)
    })
  })

  it('gets what was sent before its close, with the end of the other side', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      client.transport.close()
      peer.transport.write('last words')
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.calls).toEqual(['made', 'data last words', 'eof', 'lost'])
    })
  })

  it('sends what was written before its close, then drops', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      client.transport.write(Buffer.alloc(2_000_000))
      client.transport.close()
      client.transport.close()
      expect([client.transport.isClosing(), client.transport.isReading()]).toEqual([true, false])
      client.transport.write('too late')
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(peer.bytes).toBe(2_000_000)
      client.transport.write('far too late')
      client.transport.abort()
      expect(client.calls.filter((call) => call === 'lost')).toHaveLength(1)
    })
  })

  it('closes while it is paused, and does not wait for what it will not read', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      client.transport.pauseReading()
      peer.transport.write(Buffer.alloc(3_000_000))
      client.transport.close()
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.calls).toEqual(['made', 'lost'])
      expect([client.error, peer.error]).toEqual([undefined, undefined])
    })
  })

  it('cannot be half closed', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      expect(client.transport.canWriteEof()).toBe(false)
      expect(() => client.transport.writeEof()).toThrow(/cannot be half closed/)
      peer.transport.write('still here')
      yield* client.until('data still here')
      yield* closeBoth(client, peer)
    })
  })

  it('is lost at once when it aborts, and the other side with an end', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      client.transport.write(Buffer.alloc(30_000_000))
      client.transport.abort()
      client.transport.abort()
      yield* client.until('lost')
      expect(client.error).toBeUndefined()
      yield* peer.until('lost')
      expect(peer.bytes).toBeLessThan(30_000_000)
    })
  })

  for (const name of ['connectionMade', 'dataReceived', 'eofReceived', 'connectionLost'] as const) {
    it(`that throws in ${name} is reported, and its connection ended`, async () => {
      await run(function* () {
        const reports: unknown[] = []
        const loop = getRunningLoop()
        loop.setExceptionHandler((_loop, context) => void reports.push(context.exception))
        const failure = new Error('a fault of the protocol')
        const [client, peer] = yield* recorders()
        const original: (argument: never) => unknown = peer[name]
        peer[name] = function (this: object, argument: never) {
          original.call(this, argument)
          throw failure
        } as never
        if (name === 'connectionMade') loop.callSoon(() => peer.connectionMade(peer.transport))
        client.transport.write('x')
        if (name !== 'dataReceived') client.transport.close()
        yield* peer.until('lost')
        yield* client.until('lost')
        expect(reports).toEqual([failure])
        expect(peer.calls.filter((call) => call === 'lost')).toHaveLength(1)
      })
    })
  }

  it('cannot have its fd watched by anybody else', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      const fd = (client.transport.getExtraInfo('socket') as TransportSocket).fileno()
      const watch = () => getRunningLoop().addReader(fd, () => undefined)
      expect(watch).toThrow(`File descriptor ${fd} is used by <TlsTransport`)
      yield* closeBoth(client, peer)
      expect(getRunningLoop().core.fds.owner(fd)).toBeUndefined()
    })
  })

  it('works with promises beside it', async () => {
    await run(async () => {
      await using server = await startServer(echo, place, { tls: forServer })
      const lines = Array.from({ length: 20 }, async (_, i) => {
        await using connection = await openConnection(at(server.port), { tls: forClient })
        connection.writer.write(`${i}\n`)
        return Number(await until(connection.reader.readLine()))
      })
      expect(await Promise.all(lines)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    })
  })
})
