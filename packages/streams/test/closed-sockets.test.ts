import {
  createDatagramEndpoint,
  connectReadPipe,
  Multicast,
  openSocket,
  startServer,
  type Connection,
  type TransportSocket,
} from '@tsyncio/streams'
import { IPPROTO_TCP, pipe2, SOL_SOCKET, SO_KEEPALIVE, TCP_NODELAY, close } from '@tsyncio/syscalls'
import { run, sleep, type Gen } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { expectNoLeaks } from './no-leaks.js'
import { connected, tls } from './pairs.js'

const place = { host: '127.0.0.1', port: 0 }
const nowhere = [undefined, undefined, undefined]
const badFd = expect.objectContaining({ code: 'EBADF' }) as unknown

const socketOf = ({ writer }: Connection) => writer.getExtraInfo('socket') as TransportSocket

/** Its number may be another socket's: nothing may be asked of that, nor done to it. */
function expectClosed(socket: TransportSocket): void {
  expect(socket.fileno()).toBe(-1)
  expect([socket.getsockname(), socket.getpeername(), socket.getpeercred()]).toEqual(nowhere)
  expect(socket.isTcp).toBe(false)
  for (const use of [
    () => socket.shutdown('both'),
    () => socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1),
    () => socket.getsockopt(SOL_SOCKET, SO_KEEPALIVE),
    () => socket.setOptions({ keepAlive: true }),
    () => socket.getOptions(),
    () => socket.dup(),
    () => socket.family,
  ])
    expect(use).toThrow(badFd)
}

function* closed({ writer }: Connection): Gen<void> {
  writer.close()
  yield* writer.waitClosed()
}

expectNoLeaks()

describe('the socket of what is closed', () => {
  behaves('is no other connection’s that has its number', function* () {
    const [near, far] = yield* connected(place)
    const socket = socketOf(near)
    const before = socket.fileno()
    expect(socket.getsockname()).toEqual(far.writer.getExtraInfo('peername'))
    yield* closed(near)
    // The system gives away the lowest number that is free.
    const others: Connection[] = []
    do others.push(...(yield* connected(place)))
    while (others.every((other) => socketOf(other).fileno() !== before))
    expectClosed(socket)
    expect(near.writer.getExtraInfo('sockname')).toBeUndefined()
    for (const connection of [far, ...others]) yield* closed(connection)
  })

  behaves('is known until connectionLost has returned', function* () {
    const [near, far] = yield* connected(place)
    const socket = socketOf(near)
    const sockname = socket.getsockname()
    const seen: unknown[] = []
    near.writer.transport.setProtocol({ connectionLost: () => seen.push(socket.getsockname()) })
    near.writer.close()
    while (seen.length === 0) yield* sleep(1)
    expect(seen).toEqual([sockname])
    yield* sleep(0)
    expectClosed(socket)
    yield* closed(far)
  })

  behaves('nor is that of a server, a datagram transport or a pipe', function* () {
    const server = yield* startServer(() => undefined, place)
    const [listening] = server.sockets as [TransportSocket]
    expect(listening.getsockname()).toEqual(server.address)
    server.close()
    expectClosed(listening)

    const [datagrams] = yield* createDatagramEndpoint(() => ({}), { localAddress: place })
    const socket = datagrams.getExtraInfo('socket') as TransportSocket
    const multicast = new Multicast(socket)
    expect(multicast.ttl).toBe(1)
    datagrams.close()
    while (socket.fileno() >= 0) yield* sleep(1)
    expectClosed(socket)
    expect(() => multicast.ttl).toThrow(badFd)

    const fds = new Int32Array(2)
    pipe2(fds, 0)
    const [from, to] = fds as unknown as [number, number]
    const [reading] = yield* connectReadPipe(() => ({}), from)
    const pipe = reading.getExtraInfo('pipe') as { fileno(): number }
    expect(pipe.fileno()).toBe(from)
    reading.close()
    while (pipe.fileno() >= 0) yield* sleep(1)
    close(to)
  })

  it('nor is that of a connection inside TLS', async () => {
    await run(function* () {
      const [near, far] = yield* tls.open()
      const socket = socketOf(near)
      expect(socket.isTcp).toBe(true)
      near.writer.close()
      far.writer.close()
      yield* near.writer.waitClosed()
      expectClosed(socket)
      yield* far.writer.waitClosed()
    })
  })

  it('has no address, if it was one’s own', () => {
    const socket = openSocket()
    socket.close()
    expect([socket.getsockname(), socket.getpeername(), socket.getpeercred()]).toEqual(nowhere)
    expect(() => socket.getOptions()).toThrow(badFd)
    expect(() => socket.shutdown('both')).toThrow(TypeError)
  })
})
