import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import {
  createConnection,
  createServer,
  openConnection,
  startServer,
  TlsError,
  type StreamReader,
  type StreamWriter,
  type TransportSocket,
  type WriteTransport,
} from '@tsyncio/streams'
import {
  OSError,
  setsockoptBytes,
  SHUT_WR,
  shutdown,
  SO_LINGER,
  SOL_SOCKET,
  write,
} from '@tsyncio/syscalls'
import { createTask, run, sleep, TimeoutError, type Gen } from '@tsyncio/tasks'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks, openFdCount } from './no-leaks.js'
import { resetSocket, tls } from './pairs.js'
import {
  at,
  closeBoth,
  echo,
  failureOf,
  forClient,
  forServer,
  place,
  Recorder,
  recorders,
} from './tls-fixtures.js'

const fdOf = (transport: WriteTransport) =>
  (transport.getExtraInfo('socket') as TransportSocket).fileno()

/** A listener that takes connections and never says a word. */
const silent = (accepted: unknown[] = []) =>
  startServer((...sides) => void accepted.push(sides), place)

/** Whether the server still serves. */
function* serves(port: number): Gen<boolean> {
  const { reader, writer } = yield* openConnection(at(port), { tls: forClient })
  writer.write('alive?\n')
  const answer = yield* reader.readLine()
  writer.close()
  yield* writer.waitClosed()
  return String(answer) === 'alive?\n'
}

/** What the loop's exception handler is told of. */
function reportsOf(debug: boolean): { message: string; exception?: unknown }[] {
  const reports: { message: string; exception?: unknown }[] = []
  getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
  getRunningLoop().setDebug(debug)
  return reports
}

function* pump(reader: StreamReader, writer: StreamWriter): Gen<void> {
  for (let data; (data = yield* reader.read(1000)) !== null;) writer.write(data)
  writer.close()
}

expectNoLeaks()

describe('a TLS server', () => {
  for (const debug of [false, true]) {
    const reported = debug ? 'reports it in debug mode' : 'does not report it'
    it(`drops who speaks something else, serves the next, and ${reported}`, async () => {
      await run(function* () {
        const reports = reportsOf(debug)
        const server = yield* startServer(echo, place, { tls: forServer })
        const garbage = ['GET / HTTP/1.1\r\n\r\n', Buffer.alloc(5000, 0xff), '\x16\x03\x01']
        for (const bytes of garbage) {
          const { reader, writer } = yield* openConnection(at(server.port))
          writer.write(bytes)
          if (bytes.length === 3) writer.writeEof()
          try {
            yield* reader.read()
          } catch (error) {
            expect((error as OSError).code).toBe('ECONNRESET')
          }
          yield* writer[Symbol.asyncDispose]()
        }
        expect(yield* serves(server.port)).toBe(true)
        const codes = reports.map(({ exception }) => (exception as TlsError).code)
        expect(codes).toEqual(
          debug ? ['ERR_SSL_HTTP_REQUEST', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ECONNRESET'] : [],
        )
        server.close()
        yield* server.waitClosed()
      })
    })
  }

  it('drops a client that says nothing', async () => {
    await run(function* () {
      const reports = reportsOf(true)
      const tls = { ...forServer, handshakeTimeout: 20 }
      const server = yield* startServer(echo, place, { tls })
      const { reader, writer } = yield* openConnection(at(server.port))
      expect(yield* reader.read()).toBeNull()
      writer.close()
      yield* writer.waitClosed()
      expect(reports.map(({ exception }) => exception)).toMatchObject([
        { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' },
      ])
      server.close()
      yield* server.waitClosed()
    })
  })

  for (const end of ['closeClients', 'abortClients'] as const) {
    it(`ends handshakes by ${end}, and waits for them before it is closed`, async () => {
      await run(function* () {
        const server = yield* createServer(() => new Recorder(), place, { tls: forServer })
        const before = openFdCount()
        const { reader, writer } = yield* openConnection(at(server.port))
        writer.write('\x16\x03\x01')
        while (openFdCount() < before + 2) yield* sleep(1)
        server.close()
        const waiting = createTask(server.waitClosed())
        yield* sleep(5)
        expect(waiting.done()).toBe(false)
        server[end]()
        yield* waiting
        yield* failureOf(function* () {
          yield* reader.readExactly(1)
        })
        yield* writer[Symbol.asyncDispose]()
      })
    })
  }
})

describe('a TLS client', () => {
  it('is told that the other side does not speak TLS', async () => {
    await run(function* () {
      const server = yield* startServer((_reader, writer) => {
        writer.write('220 mail.test ready\r\n')
      }, place)
      const failure = yield* failureOf(() => openConnection(at(server.port), { tls: forClient }))
      expect(failure).toBeInstanceOf(TlsError)
      expect(failure.code).toBe('ERR_SSL_WRONG_VERSION_NUMBER')
      expect(failure.message).toContain('does not speak TLS')
      server.close()
      server.abortClients()
      yield* server.waitClosed()
    })
  })

  it('gives up on a server that says nothing', async () => {
    await run(function* () {
      const server = yield* silent()
      const protocol = new Recorder()
      const tls = { ...forClient, handshakeTimeout: 20 }
      const failure = yield* failureOf(() =>
        createConnection(() => protocol, at(server.port), { tls }),
      )
      expect(failure).toBeInstanceOf(TlsError)
      expect(failure.code).toBe('ERR_TLS_HANDSHAKE_TIMEOUT')
      expect(failure.message).toContain('20 ms')
      expect(protocol.calls).toEqual([])
      server.close()
      server.abortClients()
      yield* server.waitClosed()
    })
  })

  it('is told when the connection is lost during the handshake, its protocol nothing', async () => {
    await run(function* () {
      const server = yield* startServer((_reader, writer) => writer.close(), place)
      const protocol = new Recorder()
      const failure = yield* failureOf(() =>
        createConnection(() => protocol, at(server.port), { tls: forClient }),
      )
      expect(failure).toBeInstanceOf(OSError)
      expect(failure.code).toBe('ECONNRESET')
      expect(protocol.calls).toEqual([])
      server.close()
      yield* server.waitClosed()
    })
  })

  it('can be cancelled during the handshake, and leaves nothing', async () => {
    await run(function* () {
      let hello = 0
      const server = yield* startServer(function* (reader, writer) {
        hello = (yield* reader.readExactly(1)).readUInt8()
        yield* reader.read()
        writer.close()
      }, place)
      const before = openFdCount()
      const connecting = createTask(openConnection(at(server.port), { tls: forClient }))
      while (hello === 0) yield* sleep(1)
      expect(hello).toBe(0x16)
      connecting.cancel()
      expect(isCancelled(yield* failureOf(() => connecting))).toBe(true)
      server.close()
      yield* server.waitClosed()
      expect(openFdCount()).toBe(before - 1)
    })
  })

  it('is patient with a slow handshake', async () => {
    await run(function* () {
      const server = yield* startServer(echo, place, { tls: forServer })
      const slowly = yield* startServer(function* (reader, writer) {
        const behind = yield* openConnection(at(server.port))
        const back = createTask(function* () {
          for (let data; (data = yield* behind.reader.read(100)) !== null;) {
            writer.write(data)
            yield* sleep(1)
          }
          writer.close()
        })
        for (let data; (data = yield* reader.read(7)) !== null;) {
          behind.writer.write(data)
          yield* sleep(0)
        }
        behind.writer.close()
        yield* back
      }, place)
      expect(yield* serves(slowly.port)).toBe(true)
      for (const each of [slowly, server]) {
        each.close()
        yield* each.waitClosed()
      }
    })
  })
})

describe('a connection inside TLS', () => {
  it('ends as any other when the other side ends without a goodbye', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      peer.transport.write('all of it?')
      yield* client.until('data all of it?')
      shutdown(fdOf(peer.transport), SHUT_WR)
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.calls).toEqual(['made', 'data all of it?', 'eof', 'lost'])
      expect([client.error, peer.error]).toEqual([undefined, undefined])
    })
  })

  it('sends what its protocol writes at the end of the other side', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      peer.eofReceived = () => {
        peer.transport.write(Buffer.alloc(1_000_000))
        return true
      }
      shutdown(fdOf(client.transport), SHUT_WR)
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.bytes).toBe(1_000_000)
    })
  })

  it('is lost with an error when bytes are no records', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      const noise = Buffer.alloc(100, 0x17)
      expect(write(fdOf(peer.transport), noise, 0, noise.length)).toBe(100)
      yield* client.until('lost')
      yield* peer.until('lost')
      expect(client.error).toBeInstanceOf(TlsError)
      expect((client.error as TlsError).code).toBe('ERR_SSL_WRONG_VERSION_NUMBER')
      expect(client.calls).toEqual(['made', 'lost'])
    })
  })

  it('is lost with the error of the system when it is reset', async () => {
    await run(function* () {
      const server = yield* startServer(echo, place, { tls: forServer })
      let front: WriteTransport | undefined
      const relay = yield* startServer(function* (reader, writer) {
        const behind = yield* openConnection(at(server.port))
        front = writer.transport
        const back = createTask(pump(behind.reader, writer))
        yield* pump(reader, behind.writer)
        yield* back
        behind.writer.close()
      }, place)
      const [transport, client] = yield* createConnection(() => new Recorder(), at(relay.port), {
        tls: forClient,
      })
      transport.write('hello\n')
      yield* client.until('data hello\n')
      const reset = new Uint8Array(Int32Array.of(1, 0).buffer)
      setsockoptBytes(fdOf(front!), SOL_SOCKET, SO_LINGER, reset)
      front!.abort()
      yield* client.until('lost')
      expect(client.error).toBeInstanceOf(OSError)
      expect((client.error as OSError).code).toBe('ECONNRESET')
      expect(client.calls).toEqual(['made', 'data hello\n', 'lost'])
      for (const each of [relay, server]) {
        each.close()
        yield* each.waitClosed()
      }
    })
  })

  it('is read to its last words when it is reset, though it was paused', async () => {
    await run(function* () {
      const [near, far] = yield* tls.open()
      near.reader.transport?.pauseReading()
      far.writer.write('last words')
      // Node reads on until it has enough: the words are there when the reset is.
      const socket = near.writer.getExtraInfo('tlsSocket') as TLSSocket
      while (socket.readableLength === 0) yield* sleep(1)
      resetSocket(far)
      const failure = yield* failureOf(() => near.writer.waitClosed())
      expect(failure.code).toBe('ECONNRESET')
      expect(String(yield* near.reader.readExactly(10))).toBe('last words')
      expect(yield* failureOf(() => near.reader.read())).toBe(failure)
      yield* far.writer[Symbol.asyncDispose]()
    })
  })

  it('is aborted when the other side does not say goodbye in time', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders({ client: { shutdownTimeout: 20 } })
      peer.transport.pauseReading()
      client.transport.write(Buffer.alloc(30_000_000))
      client.transport.close()
      yield* client.until('lost')
      expect(client.error).toBeInstanceOf(TimeoutError)
      expect(client.error?.message).toContain('20 ms')
      peer.transport.resumeReading()
      yield* peer.until('lost')
    })
  })

  it('lets a writer know, and a reader read what has come', async () => {
    await run(function* () {
      let peer: Parameters<typeof echo>[1] | undefined
      const server = yield* startServer((_reader, writer) => void (peer = writer), place, {
        tls: forServer,
      })
      const { reader, writer } = yield* openConnection(at(server.port), { tls: forClient })
      while (peer === undefined) yield* sleep(1)
      peer.write('the last')
      expect(String(yield* reader.readExactly(4))).toBe('the ')
      const noise = Buffer.alloc(100, 0x17)
      write(fdOf(peer.transport), noise, 0, noise.length)
      const failure = yield* failureOf(() => writer.waitClosed())
      expect(String(yield* reader.read(10))).toBe('last')
      expect(yield* failureOf(() => reader.read(10))).toBe(failure)
      expect(yield* failureOf(() => writer.drain())).toBe(failure)
      server.close()
      server.abortClients()
      yield* server.waitClosed()
    })
  })

  it('goes with its loop', async () => {
    const kept: Recorder[] = []
    await run(function* () {
      kept.push(...(yield* recorders()))
    })
    expect(kept.map(({ calls }) => calls)).toEqual([['made'], ['made']])
    expect(kept.every(({ transport }) => transport.isClosing())).toBe(true)
  })

  it('stays as it is when it is done twice', async () => {
    await run(function* () {
      const [client, peer] = yield* recorders()
      yield* closeBoth(client, peer)
      client.transport.close()
      client.transport.abort()
      client.transport.pauseReading()
      client.transport.resumeReading()
      client.transport.write('x')
      yield* sleep(5)
      expect(client.calls).toEqual(['made', 'eof', 'lost'])
    })
  })
})

describe('a worker that is terminated', () => {
  it('after TLS leaves alone what others have opened since', async () => {
    const program = new URL('fixtures/tls-worker-that-is-done.mjs', import.meta.url)
    const worker = new Worker(program, { workerData: { ...forServer, ...forClient } })
    const [fds] = (await once(worker, 'message')) as [number[]]
    const opened: number[] = []
    while (!fds.every((fd) => opened.includes(fd))) opened.push(openSync('/dev/null', 'r'))
    await worker.terminate()
    for (const fd of opened) closeSync(fd)
    expect(fds).toHaveLength(2)
  })

  it('in the middle of TLS closes what it had open, and nothing else', async () => {
    const before = openFdCount()
    const program = new URL('fixtures/tls-worker.mjs', import.meta.url)
    const worker = new Worker(program, { workerData: { ...forServer, ...forClient } })
    await once(worker, 'message')
    expect(openFdCount()).toBeGreaterThan(before + 4)
    await worker.terminate()
    while (openFdCount() > before) await new Promise((resolve) => setImmediate(resolve))
    expect(openFdCount()).toBe(before)
  })
})
