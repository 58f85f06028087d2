import { openConnection, startServer, type Connection, type Server } from '@tsyncio/streams'
import {
  AF_INET,
  bind,
  close,
  encodeAddress,
  getsockname,
  listen,
  setsockoptBytes,
  SO_LINGER,
  SOCK_STREAM,
  socket,
  SOL_SOCKET,
  decodeAddress,
} from '@tsyncio/syscalls'
import {
  createTask,
  run,
  runBlocking,
  sleep,
  timeout,
  TimeoutError,
  type Gen,
} from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'
import { closedPort } from './silent-port.js'

const place = { host: '127.0.0.1', port: 0 }

/** A client of a server that hands over its side of the connection. */
function* pair(): Gen<[client: Connection, peer: Connection, server: Server]> {
  const peer: { reader?: unknown } = {}
  const server = yield* startServer(
    (reader, writer) => Object.assign(peer, { reader, writer }),
    place,
  )
  const client = yield* openConnection({ ...place, port: server.port })
  while (peer.reader === undefined) yield* sleep(0)
  return [client, peer as Connection, server]
}

/** Makes the close of a connection a reset. */
function reset({ writer }: Connection): void {
  const fd = (writer.getExtraInfo('socket') as { fileno(): number }).fileno()
  setsockoptBytes(fd, SOL_SOCKET, SO_LINGER, new Uint8Array(Int32Array.of(1, 0).buffer))
  writer.transport.abort()
}

function* end(...connections: Connection[]): Gen<void> {
  for (const { writer } of connections) {
    writer.close()
    yield* failureOf(() => writer.waitClosed() as never)
  }
}

expectNoLeaks()

describe('connecting', () => {
  behaves('is refused with the address and port', function* () {
    const port = closedPort
    const error = yield* failureOf(() => openConnection({ host: '127.0.0.1', port }) as never)
    expect(error).toMatchObject({
      name: 'OSError',
      code: 'ECONNREFUSED',
      syscall: 'connect',
      address: '127.0.0.1',
      port,
      message: `connect ECONNREFUSED 127.0.0.1:${port}`,
    })
  })

  behaves('tells all that was tried', function* () {
    const port = closedPort
    const error = yield* failureOf(() => openConnection({ host: 'localhost', port }) as never)
    expect(error).toMatchObject({ code: 'ECONNREFUSED', port })
    expect((error as { cause: { errors: unknown[] } }).cause.errors).toHaveLength(2)
  })

  behaves('names a path that does not exist', function* () {
    const path = '/nowhere/socket'
    const error = yield* failureOf(() => openConnection({ path }) as never)
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'connect', path })
  })

  behaves('can be given up, and leaves nothing', function* () {
    // A server that never accepts: its backlog is full, so our SYN is not answered.
    const fd = socket(AF_INET, SOCK_STREAM, 0)
    bind(fd, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
    listen(fd, 0)
    const bytes = new Uint8Array(128)
    const { port } = decodeAddress(bytes, getsockname(fd, bytes)) as { port: number }
    const first = yield* openConnection({ host: '127.0.0.1', port })
    const error = yield* failureOf(
      () =>
        timeout(50, function* () {
          for (;;) {
            const { writer } = yield* openConnection({ host: '127.0.0.1', port })
            writer.transport.abort()
            yield* sleep(0)
          }
        }) as never,
    )
    expect(error).toBeInstanceOf(TimeoutError)
    yield* end(first)
    close(fd)
  })

  behaves('waits while the backlog of a Unix server is full', function* () {
    const path = `\0tsyncio-full-${process.pid}`
    const server = yield* startServer(
      (_reader, writer) => writer.close(),
      { path },
      { startServing: false, backlog: 1 },
    )
    const clients = Array.from({ length: 5 }, () => createTask(openConnection({ path })))
    yield* sleep(10)
    expect(clients.some((client) => !client.done())).toBe(true)
    server.startServing()
    for (const client of clients) yield* end(yield* client)
    yield* server[Symbol.asyncDispose]()
  })

  it('takes a name, but not while the thread is owned', async () => {
    expect(() => runBlocking(() => openConnection({ host: 'name.example', port: 1 }))).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.stringContaining('name.example'),
      }),
    )
    await expect(
      run(() => openConnection({ host: 'no such name', port: 1 })),
    ).rejects.toMatchObject({
      syscall: 'getaddrinfo',
    })
  })

  behaves('comes from the address that was asked for', function* () {
    const server = yield* startServer((_reader, writer) => writer.close(), place)
    const localAddress = { family: 'IPv4', address: '127.0.0.2', port: 0 } as const
    const connection = yield* openConnection({ ...place, port: server.port }, { localAddress })
    expect(connection.localAddress).toMatchObject({ address: '127.0.0.2' })
    yield* end(connection)
    yield* server[Symbol.asyncDispose]()
  })
})

describe('half-close', () => {
  behaves('lets the other direction go on, from either side', function* () {
    for (const swap of [false, true]) {
      const [client, peer, server] = yield* pair()
      const [one, other] = swap ? [peer, client] : [client, peer]
      one.writer.write('question')
      one.writer.writeEof()
      one.writer.writeEof()
      expect(String(yield* other.reader.read())).toBe('question')
      yield* sleep(2)
      other.writer.write('answer')
      yield* other.writer.drain()
      expect(String(yield* one.reader.readExactly(6))).toBe('answer')
      expect(() => one.writer.write('more')).toThrow('after writeEof()')
      yield* end(client, peer)
      yield* server[Symbol.asyncDispose]()
    }
  })

  behaves('comes after what was written', function* () {
    const [client, peer, server] = yield* pair()
    client.writer.write(Buffer.alloc(5_000_000, 1))
    client.writer.writeEof()
    const all = yield* peer.reader.read()
    expect(all?.length).toBe(5_000_000)
    yield* end(client, peer)
    yield* server[Symbol.asyncDispose]()
  })
})

describe('close', () => {
  behaves('sends what was written', function* () {
    const [client, peer, server] = yield* pair()
    client.writer.write(Buffer.alloc(5_000_000, 1))
    client.writer.close()
    expect(client.writer.isClosing()).toBe(true)
    expect((yield* peer.reader.read())?.length).toBe(5_000_000)
    yield* client.writer.waitClosed()
    yield* client.writer.waitClosed()
    yield* end(peer)
    yield* server[Symbol.asyncDispose]()
  })

  behaves('ends our own reading, and later writes go nowhere', function* () {
    const [client, peer, server] = yield* pair()
    client.writer.close()
    expect(yield* client.reader.read(1)).toBeNull()
    client.writer.write('lost')
    const error = yield* failureOf(() => client.writer.drain() as never)
    expect(error).toMatchObject({ name: 'OSError', code: 'ECONNRESET' })
    yield* end(client, peer)
    yield* server[Symbol.asyncDispose]()
  })
})

describe('a reset', () => {
  behaves('fails the reader, drain and waitClosed with ECONNRESET', function* () {
    const [client, peer, server] = yield* pair()
    const reading = createTask(client.reader.readLine())
    yield* sleep(0)
    reset(peer)
    const failure = yield* failureOf(() => reading as never)
    expect(failure).toMatchObject({ name: 'OSError', code: 'ECONNRESET' })
    expect(yield* failureOf(() => client.writer.drain() as never)).toBe(failure)
    expect(yield* failureOf(() => client.writer.waitClosed() as never)).toBe(failure)
    expect(client.writer.isClosing()).toBe(true)
    yield* end(peer)
    yield* server[Symbol.asyncDispose]()
  })

  behaves('wakes everyone who drains', function* () {
    const [client, peer, server] = yield* pair()
    const drains = Array.from({ length: 3 }, () =>
      createTask(function* () {
        for (;;) {
          client.writer.write(Buffer.alloc(100_000))
          yield* client.writer.drain()
        }
      }),
    )
    while (client.writer.transport.getWriteBufferSize() < 100_000) yield* sleep(1)
    reset(peer)
    for (const drain of drains) {
      const error = yield* failureOf(() => drain as never)
      expect(['ECONNRESET', 'EPIPE']).toContain((error as { code: string }).code)
    }
    yield* end(client, peer)
    yield* server[Symbol.asyncDispose]()
  })

  behaves('of one connection is nothing to the server', function* () {
    const [client, peer, server] = yield* pair()
    reset(client)
    yield* failureOf(() => peer.reader.read() as never)
    const other = yield* openConnection({ ...place, port: server.port })
    expect(server.isServing()).toBe(true)
    yield* end(client, peer)
    server.close()
    server.closeClients()
    yield* server.waitClosed()
    yield* end(other)
  })
})

describe('a wait that is cancelled', () => {
  behaves('leaves the connection as it was', function* () {
    const [client, peer, server] = yield* pair()
    const late = yield* failureOf(() => timeout(5, () => client.reader.readLine()) as never)
    expect(late).toBeInstanceOf(TimeoutError)
    client.writer.write(Buffer.alloc(30_000_000))
    const full = yield* failureOf(() => timeout(5, () => client.writer.drain()) as never)
    expect(full).toBeInstanceOf(TimeoutError)
    const receiving = createTask(peer.reader.readExactly(30_000_000))
    yield* client.writer.drain()
    yield* receiving
    peer.writer.write('a line\n')
    expect(String(yield* client.reader.readLine())).toBe('a line\n')
    yield* end(client, peer)
    yield* server[Symbol.asyncDispose]()
  })
})
