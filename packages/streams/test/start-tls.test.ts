import {
  createConnection,
  createServer,
  openConnection,
  openWritePipe,
  startServer,
  startTls,
  TlsError,
  type Connection,
  type Server,
  type StreamReader,
  type StreamWriter,
  type Transport,
} from '@tsyncio/streams'
import { OSError, pipe2, close, O_NONBLOCK } from '@tsyncio/syscalls'
import { createTask, run, sleep, timeout, TimeoutError, type Gen } from '@tsyncio/tasks'
import { randomBytes } from 'node:crypto'
import type { PeerCertificate } from 'node:tls'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks, openFdCount } from './no-leaks.js'
import { at, echo, failureOf, forClient, forServer, place, Recorder } from './tls-fixtures.js'

const named = { ...forClient, serverName: 'localhost' }

/** Upgrades when it is asked to, then echoes. */
function* upgrading(reader: StreamReader, writer: StreamWriter): Gen<void> {
  expect(String(yield* reader.readLine())).toBe('STARTTLS\n')
  writer.write('go ahead\n')
  yield* writer.startTls(forServer)
  yield* echo(reader, writer)
}

function* upgraded(server: Server): Gen<Connection> {
  const connection = yield* openConnection(at(server.port))
  const { reader, writer } = connection
  writer.write('STARTTLS\n')
  expect(String(yield* reader.readLine())).toBe('go ahead\n')
  yield* writer.startTls(named)
  return connection
}

function* ended(server: Server, { writer }: Connection): Gen<void> {
  writer.close()
  yield* writer.waitClosed()
  server.close()
  yield* server.waitClosed()
}

expectNoLeaks()

describe('writer.startTls', () => {
  it('goes on in TLS with the same reader and writer', async () => {
    await run(function* () {
      const server = yield* startServer(upgrading, place)
      const connection = yield* upgraded(server)
      const { reader, writer } = connection
      writer.write('secret\n')
      expect(String(yield* reader.readLine())).toBe('secret\n')
      const certificate = writer.getExtraInfo('peercert') as PeerCertificate
      expect(certificate.subject.CN).toBe('localhost')
      expect(writer.getExtraInfo('peername')).toEqual(server.address)
      expect(writer.canWriteEof()).toBe(false)
      yield* ended(server, connection)
    })
  })

  it('does so in async functions', async () => {
    await run(async () => {
      await using server = await startServer(async (reader, writer) => {
        await writer.startTls(forServer)
        for await (const line of reader) writer.write(line)
        writer.close()
      }, place)
      await using connection = await openConnection(at(server.port))
      await connection.writer.startTls(named)
      connection.writer.write('secret\n')
      expect(String(await connection.reader.readLine())).toBe('secret\n')
    })
  })

  it('keeps back-pressure: a slow reader pauses the connection below', async () => {
    await run(function* () {
      const data = randomBytes(2_000_000)
      const server = yield* startServer(function* (_reader, writer) {
        yield* writer.startTls(forServer)
        writer.write(data)
        yield* writer.drain()
        writer.close()
      }, place)
      const connection = yield* openConnection(at(server.port))
      yield* connection.writer.startTls(named)
      yield* sleep(20)
      expect(connection.writer.isClosing()).toBe(false)
      expect((yield* connection.reader.readExactly(data.length)).equals(data)).toBe(true)
      expect(yield* connection.reader.read()).toBeNull()
      yield* ended(server, connection)
    })
  })

  it('fails at once when the other side has ended before', async () => {
    await run(function* () {
      const server = yield* startServer(function* (reader, writer) {
        yield* reader.readLine()
        writer.write('go ahead\n')
        writer.close()
      }, place)
      const { reader, writer } = yield* openConnection(at(server.port))
      writer.write('STARTTLS\n')
      expect(String(yield* reader.readLine())).toBe('go ahead\n')
      while (!reader.atEof()) yield* sleep(1)
      const failure = yield* failureOf(() => timeout(10_000, () => writer.startTls(named)))
      expect(failure.code).toBe('ECONNRESET')
      expect((yield* failureOf(() => writer.waitClosed())).code).toBe('ECONNRESET')
      server.close()
      yield* server.waitClosed()
    })
  })

  it('takes what has come and was not read as TLS', async () => {
    await run(function* () {
      // The client does not wait for the answer: its ClientHello is there with the command.
      const server = yield* startServer(function* (reader, writer) {
        yield* reader.readLine()
        yield* sleep(20)
        yield* writer.startTls(forServer)
        yield* echo(reader, writer)
      }, place)
      const connection = yield* openConnection(at(server.port))
      connection.writer.write('STARTTLS\n')
      yield* connection.writer.startTls(named)
      connection.writer.write('early\n')
      expect(String(yield* connection.reader.readLine())).toBe('early\n')
      yield* ended(server, connection)
    })
  })

  it('never takes plain text that was slipped in before for secret', async () => {
    await run(function* () {
      let failure: Error | undefined
      const server = yield* startServer(function* (reader, writer) {
        yield* reader.readLine()
        failure = yield* failureOf(() => writer.startTls(forServer))
        expect(yield* failureOf(() => reader.readLine())).toBe(failure)
      }, place)
      const connection = yield* openConnection(at(server.port))
      connection.writer.write('STARTTLS\nDELETE everything\n')
      yield* failureOf(() => connection.writer.startTls(named))
      server.close()
      yield* server.waitClosed()
      expect(failure).toBeInstanceOf(TlsError)
    })
  })

  it('fails as any handshake does, and the connection is gone for all who wait', async () => {
    await run(function* () {
      const theirs: unknown[] = []
      const server = yield* startServer(function* (reader, writer) {
        theirs.push(yield* failureOf(() => upgrading(reader, writer)))
      }, place)
      const { reader, writer } = yield* openConnection(at(server.port))
      writer.write('STARTTLS\n')
      yield* reader.readLine()
      const failure = yield* failureOf(() => writer.startTls({ serverName: 'localhost' }))
      expect(failure.code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
      expect(yield* failureOf(() => writer.waitClosed())).toBe(failure)
      expect(yield* failureOf(() => reader.read())).toBe(failure)
      server.close()
      yield* server.waitClosed()
      while (theirs.length === 0) yield* sleep(1)
      expect(theirs).toMatchObject([{ code: 'ECONNRESET' }])
    })
  })

  it('can be cancelled, which ends the connection', async () => {
    await run(function* () {
      const server = yield* startServer(() => undefined, place)
      const before = openFdCount()
      const { reader, writer } = yield* openConnection(at(server.port))
      const failure = yield* failureOf(() => timeout(20, () => writer.startTls(named)))
      expect(failure).toBeInstanceOf(TimeoutError)
      yield* writer.waitClosed()
      expect(yield* reader.read()).toBeNull()
      server.close()
      server.abortClients()
      yield* server.waitClosed()
      expect(openFdCount()).toBe(before - 1)
    })
  })

  it('learns that the other side went away meanwhile', async () => {
    await run(function* () {
      const server = yield* startServer((_reader, writer) => writer.close(), place)
      const { writer } = yield* openConnection(at(server.port))
      const failure = yield* failureOf(() => writer.startTls(named))
      expect(failure).toBeInstanceOf(OSError)
      server.close()
      yield* server.waitClosed()
    })
  })

  it('is refused at once where it makes no sense', async () => {
    await run(function* () {
      const server = yield* startServer(function* (reader, writer) {
        expect(() => writer.startTls({})).toThrow(/needs a certificate/)
        yield* echo(reader, writer)
      }, place)
      const { reader, writer } = yield* openConnection(at(server.port))
      expect(() => writer.startTls({})).toThrow(/tls\.serverName/)
      writer.write('still plain\n')
      expect(String(yield* reader.readLine())).toBe('still plain\n')
      writer.close()
      yield* failureOf(() => writer.startTls(named))
      yield* writer.waitClosed()
      const fds = new Int32Array(2)
      pipe2(fds, O_NONBLOCK)
      const pipe = openWritePipe(fds[1]!)
      expect(() => pipe.startTls(named)).toThrow(/a pipe, for one/)
      pipe.close()
      close(fds[0]!)
      server.close()
      yield* server.waitClosed()
    })
  })

  it('goes inside TLS: two layers, each with an end of its own', async () => {
    await run(function* () {
      const data = randomBytes(1_000_000)
      const server = yield* startServer(
        function* (reader, writer) {
          yield* writer.startTls(forServer)
          writer.write(yield* reader.readExactly(data.length))
          writer.close()
        },
        place,
        { tls: forServer },
      )
      const connection = yield* openConnection(at(server.port), { tls: forClient })
      const outer = connection.writer.transport
      yield* connection.writer.startTls(named)
      expect(connection.writer.transport).not.toBe(outer)
      connection.writer.write(data)
      expect((yield* connection.reader.readExactly(data.length)).equals(data)).toBe(true)
      expect(yield* connection.reader.read()).toBeNull()
      yield* ended(server, connection)
      expect(outer.isClosing()).toBe(true)
    })
  })
})

describe('startTls', () => {
  /** A client and its peer, both upgraded; their protocols have heard of it as of nothing. */
  function* pair(): Gen<[Recorder, Transport, Recorder, Transport]> {
    const peer = new Recorder()
    const server = yield* createServer(() => peer, place)
    const [plain, client] = yield* createConnection(() => new Recorder(), at(server.port))
    server.close()
    yield* peer.until('made')
    const accepting = createTask(startTls(peer.transport, peer, { ...forServer, serverSide: true }))
    const transport = yield* startTls(plain, client, named)
    return [client, transport, peer, yield* accepting]
  }

  it('gives the transport to use, and does not introduce its protocol again', async () => {
    await run(function* () {
      const [client, transport, peer, theirs] = yield* pair()
      expect(transport.getProtocol()).toBe(client)
      transport.write('to you')
      yield* peer.until('data to you')
      theirs.write('and back')
      yield* client.until('data and back')
      transport.close()
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.calls).toEqual(['made', 'data and back', 'eof', 'lost'])
      expect(peer.calls).toEqual(['made', 'data to you', 'eof', 'lost'])
      expect([client.error, peer.error]).toEqual([undefined, undefined])
    })
  })

  it('takes over the fd, and lets go of it when it aborts', async () => {
    await run(function* () {
      const [client, transport, peer] = yield* pair()
      transport.abort()
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.error).toBeUndefined()
    })
  })

  it('goes with its loop', async () => {
    let client: Recorder | undefined
    await run(function* () {
      ;[client] = yield* pair()
    })
    expect(client?.calls).toEqual(['made'])
  })

  it('tells a protocol that was introduced of its end when the handshake fails', async () => {
    await run(function* () {
      const server = yield* startServer((_reader, writer) => {
        writer.write('no TLS here')
      }, place)
      const [plain, client] = yield* createConnection(() => new Recorder(), at(server.port))
      plain.pauseReading()
      const failure = yield* failureOf(() => startTls(plain, client, named))
      expect(failure).toBeInstanceOf(TlsError)
      expect(client.calls).toEqual(['made', 'lost'])
      expect(client.error).toBe(failure)
      server.close()
      server.abortClients()
      yield* server.waitClosed()
    })
  })

  it('wants options that make sense', async () => {
    await run(function* () {
      const server = yield* startServer(echo, place)
      const [plain, client] = yield* createConnection(() => new Recorder(), at(server.port))
      const bad = [{ serverSide: 1 }, { received: 'x', serverName: 'x' }, {}, { serverSide: true }]
      for (const options of bad) {
        expect(() => startTls(plain, client, options as never)).toThrow(TypeError)
      }
      plain.close()
      yield* client.until('lost')
      server.close()
      yield* server.waitClosed()
    })
  })
})
