import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import {
  connectAcceptedSocket,
  openConnection,
  startServer,
  type PeerCredentials,
  type TransportSocket,
} from '@tsyncio/streams'
import {
  AF_INET,
  AF_UNIX,
  close,
  fcntl,
  FD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  IPPROTO_TCP,
  O_NONBLOCK,
  pipe2,
  SOCK_DGRAM,
  SOCK_STREAM,
  socket,
  socketpair,
} from '@tsyncio/syscalls'
import { createTask, run, sleep } from '@tsyncio/tasks'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const host = '127.0.0.1'

function pair(): [number, number] {
  const fds = new Int32Array(2)
  socketpair(AF_UNIX, SOCK_STREAM, 0, fds)
  return [fds[0]!, fds[1]!]
}

function socketOf(end: { writer: { getExtraInfo(name: string): unknown } }): TransportSocket {
  return end.writer.getExtraInfo('socket') as TransportSocket
}

expectNoLeaks()

describe('a socket of somebody else', () => {
  behaves('becomes a connection, which owns it', function* () {
    const [mine, yours] = pair()
    const one = yield* openConnection({ fd: mine })
    const other = yield* openConnection({ fd: yours }, { limit: 10 })
    expect(fcntl(mine, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
    expect(fcntl(mine, F_GETFD, 0)).toBe(FD_CLOEXEC)
    one.writer.write('a line\n')
    expect(String(yield* other.reader.readLine())).toBe('a line\n')
    one.writer.writeEof()
    expect(yield* other.reader.read()).toBeNull()
    yield* one[Symbol.asyncDispose]()
    yield* other[Symbol.asyncDispose]()
    expect(close(mine)).toBeLessThan(0)
  })

  behaves('can end a direction by itself, and cannot once it is gone', function* () {
    const [mine, yours] = pair()
    const one = yield* openConnection({ fd: mine })
    const other = yield* openConnection({ fd: yours })
    const socket = socketOf(one)
    expect([socket.fileno(), socket.family, socket.type, socket.proto]).toEqual([
      mine,
      AF_UNIX,
      SOCK_STREAM,
      0,
    ])
    socket.shutdown('write')
    expect(yield* other.reader.read()).toBeNull()
    other.writer.write('still')
    expect(String(yield* one.reader.readExactly(5))).toBe('still')
    socket.shutdown('read')
    expect(yield* one.reader.read()).toBeNull()
    yield* one[Symbol.asyncDispose]()
    yield* other[Symbol.asyncDispose]()
    expect(() => socket.shutdown('both')).toThrow(
      expect.objectContaining({ code: 'EBADF', syscall: 'shutdown' }),
    )
  })

  behaves('can be used by a protocol', function* () {
    const [mine, yours] = pair()
    const arrived = getRunningLoop().createFuture<string>()
    const events: string[] = []
    const [transport] = yield* connectAcceptedSocket(
      () => ({
        connectionMade: () => void events.push('made'),
        dataReceived: (data: Buffer) => arrived.setResult(String(data)),
        connectionLost: () => void events.push('lost'),
      }),
      mine,
    )
    expect(events).toEqual(['made'])
    const { writer } = yield* openConnection({ fd: yours })
    writer.write('hello')
    expect(yield* arrived).toBe('hello')
    transport.close()
    yield* writer[Symbol.asyncDispose]()
    expect(events).toEqual(['made', 'lost'])
  })

  behaves('stays its owner’s when it cannot be used', function* () {
    const out = new Int32Array(2)
    pipe2(out, 0)
    const datagrams = socket(AF_INET, SOCK_DGRAM, 0)
    expect(yield* failureOf(() => openConnection({ fd: out[0]! }))).toMatchObject({
      code: 'ENOTSOCK',
    })
    expect(yield* failureOf(() => openConnection({ fd: datagrams }))).toBeInstanceOf(TypeError)
    for (const fd of [out[0]!, out[1]!, datagrams]) expect(close(fd)).toBe(0)
    expect(yield* failureOf(() => openConnection({ fd: datagrams }))).toMatchObject({
      code: 'EBADF',
    })
  })

  behaves('is refused when a connection uses it already', function* () {
    const [mine, yours] = pair()
    const one = yield* openConnection({ fd: mine })
    expect(yield* failureOf(() => openConnection({ fd: mine }))).toBeInstanceOf(InvalidStateError)
    expect(yield* failureOf(() => startServer(() => {}, { fd: mine }))).toBeInstanceOf(
      InvalidStateError,
    )
    yield* one[Symbol.asyncDispose]()
    close(yours)
  })

  behaves('is closed when nobody waits for it any more', function* () {
    const [mine, yours] = pair()
    const opening = createTask(openConnection({ fd: mine }))
    yield* sleep(0)
    opening.cancel()
    expect(isCancelled(yield* failureOf(() => opening))).toBe(true)
    yield* sleep(0)
    expect(close(mine)).toBeLessThan(0)
    close(yours)
  })

  it('is refused at the door when it cannot be one', () => {
    expect(() => openConnection({ fd: '3' as never })).toThrow(TypeError)
    expect(() => openConnection({ fd: -1 })).toThrow(RangeError)
    expect(() => openConnection({ fd: 3 }, { noDelay: 1 as never })).toThrow(TypeError)
    expect(() => openConnection({ fd: 3 }, { limit: 0 })).toThrow(RangeError)
    expect(() => connectAcceptedSocket(null as never, 3)).toThrow(TypeError)
    expect(() => connectAcceptedSocket(() => ({}), 1.5)).toThrow(RangeError)
  })
})

describe('the options of a connection', () => {
  behaves('can be read and set by their names', function* () {
    const server = yield* startServer((_reader, writer) => writer.close(), { host, port: 0 })
    const connection = yield* openConnection({ host, port: server.port })
    const tcp = socketOf(connection)
    expect([tcp.family, tcp.type, tcp.proto]).toEqual([AF_INET, SOCK_STREAM, IPPROTO_TCP])
    expect(tcp.getOptions()).toMatchObject({ noDelay: true, keepAlive: false, userTimeout: 0 })
    tcp.setOptions({
      noDelay: false,
      keepAlive: { idle: 5000, interval: 900, count: 2 },
      userTimeout: 3000,
      sendBufferSize: 40_000,
      receiveBufferSize: 30_000,
    })
    expect(tcp.getOptions()).toEqual({
      noDelay: false,
      keepAlive: { idle: 5000, interval: 1000, count: 2 },
      userTimeout: 3000,
      sendBufferSize: 80_000,
      receiveBufferSize: 60_000,
    })
    tcp.setOptions({ keepAlive: false })
    expect(tcp.getOptions().keepAlive).toBe(false)
    expect(() => tcp.setOptions({ userTimeout: 0.5 })).toThrow(RangeError)
    yield* connection[Symbol.asyncDispose]()
    expect(() => tcp.setOptions({ keepAlive: true })).toThrow(
      expect.objectContaining({ code: 'EBADF', syscall: 'setsockopt' }),
    )
    expect(() => tcp.getOptions()).toThrow(expect.objectContaining({ code: 'EBADF' }))
    yield* server[Symbol.asyncDispose]()
  })

  behaves('can be given when it is made', function* () {
    const server = yield* startServer((_reader, writer) => writer.close(), { host, port: 0 })
    const options = {
      noDelay: false,
      keepAlive: { idle: 9000, interval: 1000, count: 4 },
      userTimeout: 700,
    }
    const connection = yield* openConnection({ host, port: server.port }, options)
    expect(socketOf(connection).getOptions()).toMatchObject(options)
    yield* connection[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
    const bad = { keepAlive: { count: 0 } }
    expect(yield* failureOf(() => openConnection({ port: 1 }, bad))).toBeInstanceOf(RangeError)
  })

  behaves('of a Unix socket are fewer', function* () {
    const [mine, yours] = pair()
    const connection = yield* openConnection({ fd: mine }, { noDelay: true, userTimeout: 5 })
    const unix = socketOf(connection)
    expect(Object.keys(unix.getOptions()).sort()).toEqual([
      'keepAlive',
      'receiveBufferSize',
      'sendBufferSize',
    ])
    unix.setOptions({ noDelay: true, sendBufferSize: 50_000 })
    expect(unix.getOptions().sendBufferSize).toBe(100_000)
    yield* connection[Symbol.asyncDispose]()
    close(yours)
  })

  behaves('come with a second fd, which is the caller’s', function* () {
    const [mine, yours] = pair()
    const connection = yield* openConnection({ fd: mine })
    const second = socketOf(connection).dup()
    expect(fcntl(second, F_GETFD, 0)).toBe(FD_CLOEXEC)
    yield* connection[Symbol.asyncDispose]()
    const again = yield* openConnection({ fd: second })
    again.writer.write('still open')
    yield* again[Symbol.asyncDispose]()
    const { reader, writer } = yield* openConnection({ fd: yours })
    expect(String(yield* reader.read())).toBe('still open')
    yield* writer[Symbol.asyncDispose]()
  })
})

describe('the peer of a Unix socket', () => {
  behaves('is known to both sides', function* () {
    const path = `\0tsyncio-peercred-${process.pid}`
    const known: unknown[] = []
    const server = yield* startServer(
      (_reader, writer) => {
        known.push(writer.getExtraInfo('peercred'))
        writer.close()
      },
      { path },
    )
    const connection = yield* openConnection({ path })
    known.push(socketOf(connection).getpeercred())
    yield* connection.reader.read()
    const self = { pid: process.pid, uid: process.getuid!(), gid: process.getgid!() }
    expect(known).toEqual([self, self])
    yield* connection[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
  })

  it('is another process, of another user', async () => {
    const script = `
import os, socket
os.setgid(65533), os.setuid(65534)
client = socket.socket(socket.AF_UNIX)
client.connect("\\0tsyncio-python")
print(os.getpid(), client.recv(100))
`
    await run(async () => {
      let peer: PeerCredentials | undefined
      await using _server = await startServer(
        (_reader, writer) => {
          peer = writer.getExtraInfo('peercred') as PeerCredentials
          writer.write('hello')
          writer.close()
        },
        { path: '\0tsyncio-python' },
      )
      const { stdout } = await promisify(execFile)('python3', ['-c', script])
      expect(stdout).toBe(`${peer?.pid} b'hello'\n`)
      expect(peer).toMatchObject({ uid: 65_534, gid: 65_533 })
    })
  })

  behaves('is not known over TCP', function* () {
    const server = yield* startServer((_reader, writer) => writer.close(), { host, port: 0 })
    const connection = yield* openConnection({ host, port: server.port })
    expect(connection.writer.getExtraInfo('peercred')).toBeUndefined()
    yield* connection[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
  })
})
