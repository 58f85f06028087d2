import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import {
  createConnection,
  openConnection,
  openSocket,
  sockConnect,
  startServer,
  type ConnectOptions,
  type Server,
  type TransportSocket,
} from '@tsyncio/streams'
import {
  AF_UNIX,
  close,
  IPPROTO_TCP,
  SOCK_DGRAM,
  SOCK_STREAM,
  socketpair,
  TCP_NODELAY,
} from '@tsyncio/syscalls'
import {
  createTask,
  ExceptionGroup,
  run,
  runBlocking,
  sleep,
  timeout,
  TimeoutError,
  type Gen,
} from '@tsyncio/tasks'
import { openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks, openFdCount } from './no-leaks.js'
import { closedPort, SilentPort } from './silent-port.js'

/** Serves one address, with a greeting. */
function greet(host: string, port = 0): Gen<Server> {
  return (function* () {
    return yield* startServer(
      function* (_reader, writer) {
        writer.write('welcome')
        writer.close()
        yield* writer.waitClosed()
      },
      { host, port },
    )
  })()
}

const addressesOf = (error: unknown): unknown[] =>
  (error as ExceptionGroup).errors.map((each: { address: string }) => each.address)

const lookup = (...addresses: string[]): ConnectOptions => ({ lookup: async () => addresses })

expectNoLeaks()

describe('the addresses of a name', () => {
  behaves('race: one that is silent is passed, and its socket closed', function* () {
    using silent = new SilentPort()
    const { port } = silent
    const server = yield* greet('::1', port)
    const before = openFdCount()
    const options = { happyEyeballsDelay: 20 }
    const { reader, writer } = yield* openConnection({ host: 'localhost', port }, options)
    expect(writer.getExtraInfo('peername')).toMatchObject({ address: '::1', port })
    expect(String(yield* reader.read())).toBe('welcome')
    writer.close()
    yield* writer.waitClosed()
    yield* timeout(5000, function* () {
      while (openFdCount() > before) yield* sleep(1)
    })
    server.close()
    yield* server.waitClosed()
  })

  behaves('race: the next joins at once when one has failed', function* () {
    const server = yield* greet('::1')
    const options = { happyEyeballsDelay: 1e9 }
    const place = { host: 'localhost', port: server.port }
    const { reader, writer } = yield* openConnection(place, options)
    expect(String(yield* reader.read())).toBe('welcome')
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })

  behaves('race: an early one may still win after others have failed', function* () {
    using silent = new SilentPort()
    const { port } = silent
    const options = { happyEyeballsDelay: 1 }
    const task = createTask(openConnection({ host: 'localhost', port }, options))
    yield* sleep(20)
    // ::1 has refused by now; the first one goes on.
    expect(task.done()).toBe(false)
    task.cancel()
    expect(isCancelled(yield* failureOf(task as never))).toBe(true)
  })

  behaves('are tried one after the other with a delay of Infinity', function* () {
    using silent = new SilentPort()
    const { port } = silent
    let accepted = 0
    const server = yield* startServer(() => void accepted++, { host: '::1', port })
    const options = { happyEyeballsDelay: Infinity }
    const connecting = () => openConnection({ host: 'localhost', port }, options)
    const error = yield* failureOf(timeout(50, connecting as never))
    expect(error).toBeInstanceOf(TimeoutError)
    yield* sleep(0)
    expect(accepted).toBe(0)
    server.close()
    yield* server.waitClosed()
  })

  behaves('are all named when all have failed', function* () {
    const place = { host: 'localhost', port: closedPort }
    const error = (yield* failureOf(openConnection(place))) as Error
    expect(error).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1' })
    expect(addressesOf(error.cause)).toEqual(['127.0.0.1', '::1'])
    const group = yield* failureOf(openConnection(place, { allErrors: true }))
    expect(group).toBeInstanceOf(ExceptionGroup)
    expect(addressesOf(group)).toEqual(['127.0.0.1', '::1'])
  })

  behaves('make a group even of one, if asked for', function* () {
    const place = { host: '127.0.0.1', port: closedPort }
    const group = yield* failureOf(openConnection(place, { allErrors: true }))
    expect(group).toBeInstanceOf(ExceptionGroup)
    expect(addressesOf(group)).toEqual(['127.0.0.1'])
  })

  it('alternate by family, after as many of the first as are wished', async () => {
    const port = closedPort
    const options = lookup('127.0.0.1', '127.0.0.2', '127.0.0.3', '::1')
    const tried = async (interleave?: number) => {
      const place = { host: 'name', port }
      const all = { ...options, allErrors: true, interleave }
      const error = await run(() => failureOf(openConnection(place, all)))
      return addressesOf(error)
    }
    expect(await tried()).toEqual(['127.0.0.1', '::1', '127.0.0.2', '127.0.0.3'])
    expect(await tried(2)).toEqual(['127.0.0.1', '127.0.0.2', '::1', '127.0.0.3'])
    expect(await tried(0)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1'])
    expect(await tried(9)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1'])
  })

  it('are those of one family, if one is asked for', async () => {
    const port = closedPort
    const family = 'IPv6'
    await run(async () => {
      const all = { ...lookup('127.0.0.1', '::1'), allErrors: true, family } as const
      const error = await openConnection({ host: 'name', port }, all).catch((e: unknown) => e)
      expect(addressesOf(error)).toEqual(['::1'])
      const local = await openConnection({ host: 'localhost', port }, all).catch((e: unknown) => e)
      expect(addressesOf(local)).toEqual(['::1'])
      const none = openConnection({ host: '127.0.0.1', port }, { family })
      await expect(none).rejects.toMatchObject({ code: 'ENOTFOUND', hostname: '127.0.0.1' })
    })
  })

  it('do the same for async functions', async () => {
    await run(async () => {
      using silent = new SilentPort()
      const { port } = silent
      await using server = await startServer((_reader, writer) => writer.close(), {
        host: '::1',
        port,
      })
      const options = { happyEyeballsDelay: 5, ...lookup('127.0.0.1', '::1') }
      await using connection = await openConnection({ host: 'name', port }, options)
      expect(connection.remoteAddress).toMatchObject({ address: '::1' })
      expect(server.port).toBe(port)
      expect(await connection.reader.read()).toBeNull()
    })
  })
})

describe('cancelling', () => {
  behaves('closes what was tried, at whatever moment it comes', function* () {
    const server = yield* greet('::1')
    for (let turns = 0; turns < 12; turns++) {
      const place = { host: 'localhost', port: server.port }
      const task = createTask(openConnection(place, { happyEyeballsDelay: 0 }))
      for (let i = 0; i < turns; i++) yield* sleep(0)
      task.cancel()
      const connection = yield* (function* () {
        try {
          return yield* task
        } catch (error) {
          expect(isCancelled(error)).toBe(true)
          return undefined
        }
      })()
      connection?.writer.transport.abort()
    }
    server.close()
    server.abortClients()
    yield* server.waitClosed()
  })

  behaves('by a signal throws its reason, and cancels nobody', function* () {
    using silent = new SilentPort()
    const place = { host: '127.0.0.1', port: silent.port }
    const reason = new Error('enough')
    const aborted = openConnection(place, { signal: AbortSignal.abort(reason) })
    expect(yield* failureOf(aborted)).toBe(reason)
    const controller = new AbortController()
    const task = createTask(failureOf(openConnection(place, { signal: controller.signal })))
    yield* sleep(1)
    controller.abort(reason)
    expect(yield* task).toBe(reason)
  })
})

describe('our own address', () => {
  behaves('is the first of the right family that can be bound to', function* () {
    const server = yield* greet('127.0.0.1')
    const localAddress = [
      { family: 'IPv6', address: '::1', port: 0 },
      { family: 'IPv4', address: '192.0.2.77', port: 0 },
      { family: 'IPv4', address: '127.0.0.5', port: 0 },
    ] as const
    const place = { host: '127.0.0.1', port: server.port }
    const { reader, writer } = yield* openConnection(place, { localAddress })
    expect(writer.getExtraInfo('sockname')).toMatchObject({ address: '127.0.0.5' })
    expect(String(yield* reader.read())).toBe('welcome')
    const error = yield* failureOf(openConnection(place, { localAddress: localAddress[1] }))
    expect(error).toMatchObject({ syscall: 'bind', code: 'EADDRNOTAVAIL', address: '192.0.2.77' })
    const other = yield* failureOf(openConnection(place, { localAddress: localAddress[0] }))
    expect(other).toMatchObject({ syscall: 'bind', code: 'EADDRNOTAVAIL', address: '::1' })
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })
})

describe('a connected fd', () => {
  function pair(type: number): [number, number] {
    const out = new Int32Array(2)
    socketpair(AF_UNIX, type, 0, out)
    return [out[0]!, out[1]!]
  }

  behaves('is taken over', function* () {
    const [one, other] = pair(SOCK_STREAM)
    const a = yield* openConnection({ fd: one })
    const b = yield* openConnection({ fd: { fileno: () => other } })
    a.writer.write('hello')
    expect(String(yield* b.reader.read(10))).toBe('hello')
    expect(yield* failureOf(openConnection({ fd: one }))).toBeInstanceOf(InvalidStateError)
    for (const { writer } of [a, b]) writer.close()
    for (const { writer } of [a, b]) yield* writer.waitClosed()
  })

  behaves('sends small writes at once, as a connection of our own does', function* () {
    const server = yield* greet('127.0.0.1')
    const socket = openSocket()
    yield* sockConnect(socket, { host: '127.0.0.1', port: server.port })
    expect(socket.getsockopt(IPPROTO_TCP, TCP_NODELAY)).toBe(0)
    const { reader, writer } = yield* openConnection({ fd: socket.detach() })
    const option = writer.getExtraInfo('socket') as TransportSocket
    expect(option.getsockopt(IPPROTO_TCP, TCP_NODELAY)).toBe(1)
    expect(writer.getExtraInfo('peername')).toMatchObject({ port: server.port })
    expect(String(yield* reader.read())).toBe('welcome')
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })

  behaves('must be a stream socket that is open', function* () {
    const [one, other] = pair(SOCK_DGRAM)
    const file = openSync('/dev/null', 'r')
    expect(yield* failureOf(openConnection({ fd: one }))).toBeInstanceOf(TypeError)
    expect(yield* failureOf(openConnection({ fd: file }))).toMatchObject({ code: 'ENOTSOCK' })
    for (const fd of [one, other, file]) close(fd)
    expect(yield* failureOf(openConnection({ fd: one }))).toMatchObject({ code: 'EBADF' })
  })
})

describe('bad arguments', () => {
  const place = { host: '127.0.0.1', port: 1 }
  const protocol = () => ({})

  it('are refused at the door', () => {
    expect(() => openConnection(undefined as any)).toThrow(TypeError)
    expect(() => openConnection({ ...place, fd: 1 } as any)).toThrow(TypeError)
    expect(() => openConnection({ fd: -1 })).toThrow(RangeError)
    expect(() => openConnection({ fd: '1' as any })).toThrow(TypeError)
    for (const happyEyeballsDelay of [-1, NaN])
      expect(() => openConnection(place, { happyEyeballsDelay })).toThrow(RangeError)
    expect(() => openConnection(place, { happyEyeballsDelay: '1' as any })).toThrow(TypeError)
    for (const interleave of [-1, 0.5])
      expect(() => createConnection(protocol, place, { interleave })).toThrow(RangeError)
    expect(() => openConnection(place, { family: 4 as any })).toThrow(RangeError)
    expect(() => openConnection(place, { lookup: 'dns' as any })).toThrow(TypeError)
    expect(() => openConnection(place, { signal: 1 as any })).toThrow(TypeError)
    const localAddress = { family: 'IPv4', address: 'here', port: 0 } as const
    expect(() => openConnection(place, { localAddress })).toThrow(RangeError)
    expect(() => openConnection(place, { localAddress: { path: '/a' } as any })).toThrow(TypeError)
    expect(() => runBlocking(() => openConnection({ host: 'name', port: 1 }) as never)).toThrow(
      'needs Node',
    )
  })
})
