import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import {
  openConnection,
  openSocket,
  sockAccept,
  sockConnect,
  Socket,
  sockRecv,
  sockRecvFrom,
  sockRecvFromInto,
  sockRecvInto,
  sockSendAll,
  sockSendTo,
  startServer,
} from '@tsyncio/streams'
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  close,
  getsockopt,
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socketpair,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
} from '@tsyncio/syscalls'
import { createTask, run, sleep, type Gen } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'
import { closedPort } from './silent-port.js'

function socketPair(type: number = SOCK_STREAM): [Socket, Socket] {
  const out = new Int32Array(2)
  socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, out)
  return [new Socket(out[0]!), new Socket(out[1]!)]
}

const loopback = { family: 'IPv4', address: '127.0.0.1', port: 0 } as const

/** How many fds the running loop watches. */
const watched = () => getRunningLoop().core.fds.size

function* tcpPair(): Gen<[Socket, Socket]> {
  using server = openSocket()
  server.bind(loopback)
  server.listen()
  const client = openSocket()
  const accepting = createTask(sockAccept(server))
  yield* sockConnect(client, server.getsockname()!)
  const [peer, address] = yield* accepting
  expect(address).toEqual(client.getsockname())
  return [client, peer]
}

expectNoLeaks()

describe('a stream socket', () => {
  behaves('connects, accepts, sends and receives', function* () {
    const [client, peer] = yield* tcpPair()
    yield* sockSendAll(client, 'hello')
    expect(String(yield* sockRecv(peer, 3))).toBe('hel')
    const memory = Buffer.alloc(4, '.')
    expect(yield* sockRecvInto(peer, memory)).toBe(2)
    expect(String(memory)).toBe('lo..')
    client.shutdown('write')
    expect(yield* sockRecv(peer, 1)).toBeNull()
    expect(yield* sockRecvInto(peer, memory)).toBeNull()
    expect((yield* sockRecv(peer, 0))?.length).toBe(0)
    for (const socket of [client, peer]) socket.close()
  })

  behaves('sends all, to one who reads slowly', function* () {
    const [one, other] = socketPair()
    const data = Buffer.alloc(2_000_000, 'abcdefg')
    const sending = createTask(sockSendAll(one, data))
    const parts: Buffer[] = []
    for (let size = 0; size < data.length;) {
      const part = (yield* sockRecv(other, 70_000)) as Buffer
      parts.push(part)
      size += part.length
    }
    yield* sending
    expect(Buffer.concat(parts).equals(data)).toBe(true)
    for (const socket of [one, other]) socket.close()
  })

  behaves('is refused with the address', function* () {
    using socket = openSocket()
    const port = closedPort
    const error = yield* failureOf(sockConnect(socket, { host: '127.0.0.1', port }))
    expect(error).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1', port })
  })

  behaves('finds the address of its family', function* () {
    using server = openSocket({ family: 'IPv6' })
    server.bind({ family: 'IPv6', address: '::1', port: 0 })
    server.listen()
    using client = openSocket({ family: 'IPv6' })
    const { port } = server.getsockname() as { port: number }
    yield* sockConnect(client, { host: 'localhost', port })
    expect(client.getpeername()).toEqual({ family: 'IPv6', address: '::1', port })
  })

  it('does the same for async functions', async () => {
    await run(async () => {
      const [one, other] = socketPair()
      const receiving = createTask(sockRecv(other, 10))
      await sockSendAll(one, 'hello')
      expect(String(await receiving)).toBe('hello')
      for (const socket of [one, other]) socket.close()
    })
  })

  behaves('can be given to a connection', function* () {
    const [one, other] = socketPair()
    const { reader, writer } = yield* openConnection({ fd: one.detach() })
    expect(one.fileno()).toBe(-1)
    yield* sockSendAll(other, 'hello')
    other.close()
    expect(String(yield* reader.read())).toBe('hello')
    writer.close()
    yield* writer.waitClosed()
  })
})

describe('a datagram socket', () => {
  behaves('sends to whom it is told, and says who sent', function* () {
    using one = openSocket({ type: 'datagram' })
    using other = openSocket({ type: 'datagram' })
    for (const socket of [one, other]) socket.bind(loopback)
    const receiving = createTask(sockRecvFrom(other, 3))
    expect(yield* sockSendTo(one, 'first', other.getsockname()!)).toBe(5)
    const [data, from] = yield* receiving
    expect([String(data), from]).toEqual(['fir', one.getsockname()])
    const memory = Buffer.alloc(10, '.')
    yield* sockSendTo(one, 'second', other.getsockname()!)
    expect(yield* sockRecvFromInto(other, memory)).toEqual([6, one.getsockname()])
    expect(String(memory)).toBe('second....')
  })

  behaves('tells an empty datagram from the end', function* () {
    const [one, other] = socketPair(SOCK_DGRAM)
    yield* sockSendAll(one, '')
    expect((yield* sockRecv(other, 10))?.length).toBe(0)
    for (const socket of [one, other]) socket.close()
  })
})

describe('cancelling', () => {
  behaves('leaves nothing watched, and has consumed nothing', function* () {
    const [one, other] = socketPair()
    const before = watched()
    using server = openSocket({ family: 'Unix' })
    server.bind({ path: `\0tsyncio-cancel-${process.pid}` })
    server.listen()
    const waits = [
      () => sockRecv(other, 5),
      () => sockRecvInto(other, new Uint8Array(5)),
      () => sockRecvFrom(other, 5),
      () => sockAccept(server),
    ]
    for (const wait of waits) {
      const task = createTask(wait() as never)
      yield* sleep(0)
      expect(watched()).toBe(before + 1)
      task.cancel()
      expect(isCancelled(yield* failureOf(task as never))).toBe(true)
      expect(watched()).toBe(before)
    }
    const sending = createTask(sockSendAll(one, Buffer.alloc(5_000_000)))
    yield* sleep(0)
    sending.cancel()
    expect(isCancelled(yield* failureOf(sending as never))).toBe(true)
    expect(watched()).toBe(before)
    for (const socket of [one, other]) socket.close()
  })

  behaves('does not end the wait of the next', function* () {
    const [one, other] = socketPair()
    const first = createTask(sockRecv(other, 5))
    yield* sleep(0)
    first.cancel()
    const second = createTask(sockRecv(other, 5))
    expect(isCancelled(yield* failureOf(first as never))).toBe(true)
    yield* sleep(0)
    yield* sockSendAll(one, 'hello')
    expect(String(yield* second)).toBe('hello')
    for (const socket of [one, other]) socket.close()
  })
})

describe('two at once', () => {
  behaves('are refused in one direction, and allowed in both', function* () {
    const [one, other] = socketPair()
    const receiving = createTask(sockRecv(one, 5))
    yield* sleep(0)
    expect(yield* failureOf(sockRecv(one, 5))).toBeInstanceOf(InvalidStateError)
    const sending = createTask(sockSendAll(one, Buffer.alloc(1_000_000)))
    yield* sleep(0)
    expect(yield* failureOf(sockSendAll(one, Buffer.alloc(1_000_000)))).toBeInstanceOf(
      InvalidStateError,
    )
    yield* sockSendAll(other, 'hello')
    expect(String(yield* receiving)).toBe('hello')
    for (let size = 0; size < 1_000_000;)
      size += ((yield* sockRecv(other, 100_000)) as Buffer).length
    yield* sending
    for (const socket of [one, other]) socket.close()
  })

  behaves('closing ends the wait', function* () {
    const [one, other] = socketPair()
    const receiving = createTask(sockRecv(one, 5))
    yield* sleep(0)
    one.close()
    expect(yield* failureOf(receiving as never)).toBeInstanceOf(InvalidStateError)
    expect(() => sockRecv(one, 5)).toThrow(RangeError)
    expect(() => one.listen()).toThrow(TypeError)
    other.close()
  })
})

describe('options', () => {
  behaves('are set as they are named', function* () {
    const [client, peer] = yield* tcpPair()
    client.setOptions({
      keepAlive: { idle: 30_000, interval: 1500, count: 4 },
      noDelay: true,
      sendBufferSize: 40_000,
      receiveBufferSize: 50_000,
    })
    const option = (level: number, name: number) => client.getsockopt(level, name)
    expect(option(SOL_SOCKET, SO_KEEPALIVE)).toBe(1)
    expect(option(IPPROTO_TCP, TCP_KEEPIDLE)).toBe(30)
    expect(option(IPPROTO_TCP, TCP_KEEPINTVL)).toBe(2)
    expect(option(IPPROTO_TCP, TCP_KEEPCNT)).toBe(4)
    expect(option(IPPROTO_TCP, TCP_NODELAY)).toBe(1)
    expect(option(SOL_SOCKET, SO_SNDBUF)).toBe(80_000)
    expect(option(SOL_SOCKET, SO_RCVBUF)).toBe(100_000)
    client.setOptions({ keepAlive: false, noDelay: false })
    expect(option(SOL_SOCKET, SO_KEEPALIVE)).toBe(0)
    expect(option(IPPROTO_TCP, TCP_NODELAY)).toBe(0)
    for (const socket of [client, peer]) socket.close()
  })

  it('can be given when it is made', () => {
    using socket = openSocket({ reuseAddress: true, reusePort: true, ipv6Only: undefined })
    expect(getsockopt(socket.fileno(), SOL_SOCKET, SO_REUSEADDR)).toBe(1)
    expect(getsockopt(socket.fileno(), SOL_SOCKET, SO_REUSEPORT)).toBe(1)
    using other = openSocket({ reusePort: true })
    socket.bind(loopback)
    other.bind(socket.getsockname()!)
    expect(other.getsockname()).toEqual(socket.getsockname())
    expect([socket.family, openFamily('IPv6'), openFamily('Unix')]).toEqual([
      AF_INET,
      AF_INET6,
      AF_UNIX,
    ])
  })

  behaves('of a connection: who is at its other side', function* () {
    const place = { path: `\0tsyncio-credentials-${process.pid}` }
    const server = yield* startServer((_reader, writer) => writer.close(), place)
    const { writer } = yield* openConnection(place)
    const credentials = (writer.getExtraInfo('socket') as Socket).getpeercred()
    expect(credentials).toEqual({
      pid: process.pid,
      uid: process.getuid!(),
      gid: process.getgid!(),
    })
    using tcp = openSocket()
    expect(tcp.getpeercred()).toBeUndefined()
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })
})

function openFamily(family: 'IPv6' | 'Unix'): number {
  using socket = openSocket({ family })
  return socket.family
}

describe('bad arguments', () => {
  it('are refused at the door', () => {
    using socket = openSocket()
    expect(() => sockRecv('1' as any, 5)).toThrow(TypeError)
    expect(() => sockRecv(-1, 5)).toThrow(RangeError)
    expect(() => sockRecv(socket, -1)).toThrow(RangeError)
    expect(() => sockRecv(socket, undefined as any)).toThrow(TypeError)
    expect(() => sockRecvInto(socket, [] as any)).toThrow(TypeError)
    expect(() => sockRecvFrom(socket, 1.5)).toThrow(RangeError)
    expect(() => sockRecvFromInto(socket, 'x' as any)).toThrow(TypeError)
    expect(() => sockSendAll(socket, 5 as any)).toThrow(TypeError)
    expect(() => sockSendTo(socket, 'x', undefined as any)).toThrow(TypeError)
    expect(() => sockSendTo(socket, 'x', { ...loopback, port: -1 })).toThrow(RangeError)
    expect(() => sockConnect(socket, { host: 'a', port: 70_000 })).toThrow(RangeError)
    expect(() => sockConnect(socket, {} as any)).toThrow(TypeError)
    expect(() => sockAccept(null as any)).toThrow(TypeError)
    expect(() => openSocket({ family: 'IPX' as any })).toThrow(RangeError)
    expect(() => openSocket({ type: 'letter' as any })).toThrow(RangeError)
    expect(() => openSocket({ noDelay: 1 as any })).toThrow(TypeError)
    expect(() => openSocket({ sendBufferSize: 0 })).toThrow(RangeError)
    expect(() => openSocket({ keepAlive: { idle: '1' as any } })).toThrow(TypeError)
    expect(() => socket.shutdown('up' as any)).toThrow(RangeError)
    expect(() => socket.bind({ ...loopback, address: 'x' })).toThrow(RangeError)
  })

  behaves('and what does not fit the socket is an error of the kernel', function* () {
    using socket = openSocket()
    expect(yield* failureOf(sockRecv(socket, 5))).toMatchObject({ code: 'ENOTCONN' })
    expect(yield* failureOf(sockAccept(socket))).toMatchObject({ code: 'EINVAL' })
    const blocking = new Int32Array(2)
    socketpair(AF_UNIX, SOCK_STREAM, 0, blocking)
    expect(yield* failureOf(sockAccept(blocking[0]!))).toBeInstanceOf(TypeError)
    for (const fd of blocking) close(fd)
    expect(yield* failureOf(sockRecv(blocking[0]!, 5))).toMatchObject({ code: 'EBADF' })
  })

  behaves('and the socket of a transport is left to that', function* () {
    const [one, other] = socketPair()
    const { writer } = yield* openConnection({ fd: one.detach() })
    const socket = writer.getExtraInfo('socket') as Socket
    expect(yield* failureOf(sockRecv(socket, 5))).toBeInstanceOf(TypeError)
    expect(yield* failureOf(sockSendAll(socket, 'x'))).toBeInstanceOf(TypeError)
    expect(yield* failureOf(sockConnect(socket, { path: '/a' }))).toBeInstanceOf(TypeError)
    other.close()
    writer.close()
    yield* writer.waitClosed()
  })
})
