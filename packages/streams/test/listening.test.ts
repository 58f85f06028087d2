import { getRunningLoop } from '@tsyncio/loop'
import {
  openConnection,
  startServer,
  type TransportSocket,
  type Server,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import {
  AF_INET,
  AF_UNIX,
  bind,
  close,
  encodeAddress,
  fcntl,
  F_GETFL,
  IPPROTO_TCP,
  O_NONBLOCK,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_SNDBUF,
  SOCK_DGRAM,
  SOCK_STREAM,
  socket,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_USER_TIMEOUT,
} from '@tsyncio/syscalls'
import { sleep, type Gen } from '@tsyncio/tasks'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const directory = mkdtempSync(join(tmpdir(), 'streams-'))
afterAll(() => rmSync(directory, { recursive: true }))

function* hello(_reader: StreamReader, writer: StreamWriter): Gen<void> {
  writer.write('hello')
  writer.close()
}

function* greets(place: Parameters<typeof openConnection>[0]): Gen<boolean> {
  const { reader, writer } = yield* openConnection(place)
  const said = yield* reader.read()
  yield* writer[Symbol.asyncDispose]()
  return String(said) === 'hello'
}

function addressesOf(server: Server): unknown[] {
  return server.sockets.map((each) => each.getsockname())
}

expectNoLeaks()

describe('several hosts', () => {
  behaves('share a port, and are served alike, each once', function* () {
    const host = ['127.0.0.1', '::1', 'localhost', '127.0.0.2', '127.0.0.1']
    const server = yield* startServer(hello, { host, port: 0 })
    const { port } = server
    expect(addressesOf(server)).toEqual([
      { family: 'IPv4', address: '127.0.0.1', port },
      { family: 'IPv6', address: '::1', port },
      { family: 'IPv4', address: '127.0.0.2', port },
    ])
    for (const each of ['127.0.0.1', '::1', '127.0.0.2']) {
      expect(yield* greets({ host: each, port })).toBe(true)
    }
    yield* server[Symbol.asyncDispose]()
  })

  behaves('that this machine does not have are left out, unless there is no other', function* () {
    const server = yield* startServer(hello, { host: ['203.0.113.1', '127.0.0.1'], port: 0 })
    expect(addressesOf(server)).toEqual([server.address])
    yield* server[Symbol.asyncDispose]()
    const none = { host: ['203.0.113.1', '203.0.113.2'], port: 0 }
    const error = yield* failureOf(() => startServer(hello, none))
    expect(error).toMatchObject({ code: 'EADDRNOTAVAIL', address: '203.0.113.2' })
  })

  behaves('are all left when one of them is in use', function* () {
    const used = yield* startServer(hello, { host: '127.0.0.2', port: 0 })
    const both = { host: ['127.0.0.1', '127.0.0.2'], port: used.port }
    const error = yield* failureOf(() => startServer(hello, both))
    expect(error).toMatchObject({ code: 'EADDRINUSE', address: '127.0.0.2', port: used.port })
    const other = yield* startServer(hello, { host: '127.0.0.1', port: used.port })
    for (const server of [used, other]) yield* server[Symbol.asyncDispose]()
  })

  behaves('of both families are apart: :: leaves IPv4 to others', function* () {
    const six = yield* startServer(hello, { host: '::', port: 0 })
    const four = yield* startServer(
      function* (_reader, writer) {
        writer.close()
      },
      { host: '0.0.0.0', port: six.port },
    )
    expect(yield* greets({ host: '::1', port: six.port })).toBe(true)
    expect(yield* greets({ host: '127.0.0.1', port: six.port })).toBe(false)
    for (const server of [four, six]) yield* server[Symbol.asyncDispose]()
  })
})

describe('options', () => {
  behaves('of the server are those of its connections', function* () {
    let accepted: TransportSocket | undefined
    const server = yield* startServer(
      (_reader, writer) => {
        accepted = writer.getExtraInfo('socket') as TransportSocket
        const get = (level: number, name: number) => accepted!.getsockopt(level, name)
        const values = [
          get(IPPROTO_TCP, TCP_NODELAY),
          get(SOL_SOCKET, SO_KEEPALIVE),
          get(IPPROTO_TCP, TCP_KEEPIDLE),
          get(IPPROTO_TCP, TCP_KEEPINTVL),
          get(IPPROTO_TCP, TCP_KEEPCNT),
          get(IPPROTO_TCP, TCP_USER_TIMEOUT),
          get(SOL_SOCKET, SO_SNDBUF),
          get(SOL_SOCKET, SO_RCVBUF),
        ]
        writer.write(values.join())
        writer.close()
      },
      { host: '127.0.0.1', port: 0 },
      {
        noDelay: false,
        keepAlive: { idle: 60_500, interval: 7000, count: 3 },
        userTimeout: 12_345,
        sendBufferSize: 50_000,
        receiveBufferSize: 40_000,
      },
    )
    const { reader, writer } = yield* openConnection({ host: '127.0.0.1', port: server.port })
    // The kernel takes twice the bytes that it is asked for (socket(7)).
    expect(String(yield* reader.read())).toBe('0,1,61,7,3,12345,100000,80000')
    yield* writer[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
  })

  behaves('are no delay and no probes, unless told otherwise', function* () {
    for (const options of [{}, { noDelay: undefined, keepAlive: false }] as object[]) {
      const server = yield* startServer(
        (_reader, writer) => {
          const accepted = writer.getExtraInfo('socket') as TransportSocket
          writer.write(`${accepted.getsockopt(IPPROTO_TCP, TCP_NODELAY)}`)
          writer.write(`${accepted.getsockopt(SOL_SOCKET, SO_KEEPALIVE)}`)
          writer.close()
        },
        { host: '127.0.0.1', port: 0 },
        options,
      )
      const { reader, writer } = yield* openConnection({ host: '127.0.0.1', port: server.port })
      expect(String(yield* reader.read())).toBe('10')
      yield* writer[Symbol.asyncDispose]()
      yield* server[Symbol.asyncDispose]()
    }
  })

  behaves('may forbid to take an address that lingers', function* () {
    for (const [reuseAddress, expected] of [
      [undefined, 1],
      [true, 1],
      [false, 0],
    ] as const) {
      const options = reuseAddress === undefined ? {} : { reuseAddress }
      const server = yield* startServer(hello, { host: '127.0.0.1', port: 0 }, options)
      expect(server.sockets[0]!.getsockopt(SOL_SOCKET, SO_REUSEADDR)).toBe(expected)
      server.close()
    }
  })

  it('that are none are refused at the door', () => {
    const start =
      (options: unknown, place: unknown = { port: 0 }) =>
      () =>
        startServer(hello, place as never, options as never)
    expect(start({ backlog: '1' })).toThrow(TypeError)
    expect(start({ backlog: 2 ** 31 })).toThrow(RangeError)
    expect(start({ keepAlive: 1 })).toThrow(TypeError)
    expect(start({ keepAlive: null })).toThrow(TypeError)
    expect(start({ keepAlive: { idle: 0 } })).toThrow(RangeError)
    expect(start({ keepAlive: { idle: 1e9 } })).toThrow(RangeError)
    expect(start({ keepAlive: { interval: '1' } })).toThrow(TypeError)
    expect(start({ keepAlive: { count: 128 } })).toThrow(RangeError)
    expect(start({ keepAlive: { count: 1.5 } })).toThrow(RangeError)
    expect(start({ noDelay: 1 })).toThrow(TypeError)
    expect(start({ reusePort: 1 })).toThrow(TypeError)
    expect(start({ reuseAddress: 1 })).toThrow(TypeError)
    expect(start({ cleanupSocket: 1 })).toThrow(TypeError)
    expect(start({ userTimeout: -1 })).toThrow(RangeError)
    expect(start({ sendBufferSize: 0 })).toThrow(RangeError)
    expect(start({ receiveBufferSize: NaN })).toThrow(RangeError)
    expect(start({ mode: 0o600 })).toThrow(TypeError)
    expect(start({ mode: '600' }, { path: '/x' })).toThrow(TypeError)
    expect(start({ mode: 0o1000 }, { path: '/x' })).toThrow(RangeError)
    expect(start({}, { host: [], port: 0 })).toThrow(RangeError)
    expect(start({}, { host: ['::1', 7], port: 0 })).toThrow(TypeError)
    expect(start({}, { host: ['::1'], port: -1 })).toThrow(RangeError)
    expect(start({}, { fd: '3' })).toThrow(TypeError)
    expect(start({}, { fd: -1 })).toThrow(RangeError)
    expect(start({}, { fd: 3, port: 0 })).toThrow(TypeError)
    expect(start({}, null)).toThrow(TypeError)
  })
})

describe('a socket that is there already', () => {
  behaves('is listened on, and belongs to the server', function* () {
    const fd = socket(AF_INET, SOCK_STREAM, 0)
    bind(fd, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
    const server = yield* startServer(hello, { fd })
    expect(server.port).toBeGreaterThan(0)
    expect(fcntl(fd, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
    expect(yield* greets({ host: '127.0.0.1', port: server.port })).toBe(true)
    yield* server[Symbol.asyncDispose]()
    expect(close(fd)).toBeLessThan(0)
  })

  behaves('with a file takes that along, unless told not to', function* () {
    const path = join(directory, 'inherited')
    for (const cleanupSocket of [false, true]) {
      const fd = socket(AF_UNIX, SOCK_STREAM, 0)
      bind(fd, encodeAddress({ path }))
      const server = yield* startServer(hello, { fd }, { cleanupSocket })
      expect(yield* greets({ path })).toBe(true)
      yield* server[Symbol.asyncDispose]()
      expect(existsSync(path)).toBe(!cleanupSocket)
      rmSync(path, { force: true })
    }
  })

  behaves('stays its owner’s when it cannot be listened on', function* () {
    const datagrams = socket(AF_INET, SOCK_DGRAM, 0)
    expect(yield* failureOf(() => startServer(hello, { fd: datagrams }))).toBeInstanceOf(TypeError)
    expect(close(datagrams)).toBe(0)
    const closed = yield* failureOf(() => startServer(hello, { fd: datagrams }))
    expect(closed).toMatchObject({ code: 'EBADF' })
  })
})

describe('the file of a Unix socket', () => {
  const path = join(directory, 'socket')

  behaves('has the mode that was asked for', function* () {
    for (const mode of [0o600, 0o666, 0o777]) {
      const server = yield* startServer(hello, { path }, { mode })
      expect(statSync(path).mode & 0o777).toBe(mode)
      expect(yield* greets({ path })).toBe(true)
      yield* server[Symbol.asyncDispose]()
    }
  })

  behaves('stays when it is not to be cleaned up, and is stale then', function* () {
    const server = yield* startServer(hello, { path }, { cleanupSocket: false })
    server.close()
    expect(statSync(path).isSocket()).toBe(true)
    const refused = yield* failureOf(() => openConnection({ path }))
    expect(refused).toMatchObject({ code: 'ECONNREFUSED', path })
    const next = yield* startServer(hello, { path })
    expect(yield* greets({ path })).toBe(true)
    yield* next[Symbol.asyncDispose]()
    expect(existsSync(path)).toBe(false)
  })

  behaves('is not stale while its server is only slow', function* () {
    const server = yield* startServer(hello, { path }, { startServing: false, backlog: 1 })
    const waiting = [yield* openConnection({ path }), yield* openConnection({ path })]
    const error = yield* failureOf(() => startServer(hello, { path }))
    expect(error).toMatchObject({ code: 'EADDRINUSE', path })
    for (const { writer } of waiting) yield* writer[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
  })

  behaves('is left alone when it is something else by then', function* () {
    const server = yield* startServer(hello, { path })
    renameSync(path, `${path}.old`)
    writeFileSync(path, 'mine')
    server.close()
    expect(existsSync(path)).toBe(true)
    rmSync(path)
    rmSync(`${path}.old`)
  })

  behaves('that is gone at the close is no fault', function* () {
    const reports: unknown[] = []
    getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
    const server = yield* startServer(hello, { path })
    rmSync(path)
    server.close()
    expect(reports).toEqual([])
    yield* sleep(0)
  })

  behaves('needs its directory, which the error names', function* () {
    const nowhere = join(directory, 'nowhere', 'socket')
    const error = yield* failureOf(() => startServer(hello, { path: nowhere }))
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'bind', path: nowhere })
    const notDirectory = join(directory, 'file', 'socket')
    writeFileSync(join(directory, 'file'), '')
    const other = yield* failureOf(() => startServer(hello, { path: notDirectory }))
    expect(other).toMatchObject({ code: 'ENOTDIR', syscall: 'bind', path: notDirectory })
  })

  behaves(
    'needs a directory that can be written, and is reported if it cannot be removed',
    function* () {
      const locked = join(directory, 'locked')
      mkdirSync(locked, { recursive: true })
      chmodSync(directory, 0o755)
      const inside = { path: join(locked, 'socket') }
      const reports: unknown[] = []
      getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
      const server = yield* startServer(hello, inside)
      chmodSync(locked, 0o555)
      become(65_534)
      server.close()
      become(0)
      expect(reports).toEqual([
        expect.objectContaining({
          message: 'Cannot remove the file of a Unix socket',
          exception: expect.objectContaining({ code: 'EACCES', path: inside.path }),
        }),
      ])
      expect(server.sockets).toEqual([])
      rmSync(inside.path)
      process.seteuid!(65_534)
      const error = yield* failureOf(() => startServer(hello, inside))
      process.seteuid!(0)
      expect(error).toMatchObject({ code: 'EACCES', syscall: 'bind', path: inside.path })
    },
  )
})

/** Root becomes a user to whom permissions apply, and root again. */
function become(uid: number): void {
  if (process.getuid!() === 0) process.seteuid!(uid)
}
