import { leakCheck } from '@tsyncio/loop/testing/vitest'
import {
  openConnection,
  openDatagram,
  openSocket,
  receiveFds,
  sendFds,
  sockAccept,
  sockConnect,
  sockRecv,
  sockRecvFrom,
  sockRecvFromInto,
  sockRecvInto,
  sockSendAll,
  sockSendTo,
  startServer,
  type Connection,
  type SignalOptions,
} from '@tsyncio/streams'
import { socketPair } from '@tsyncio/streams/testing'
import { AF_UNIX, close, fcntl, F_GETFD, pipe2, SOCK_STREAM, socketpair } from '@tsyncio/syscalls'
import {
  createTask,
  moveOnAfter,
  run,
  sleep,
  type Coroutine,
  type Gen,
  type Task,
} from '@tsyncio/tasks'
import { asyncFunctions, generators, type Spelling } from '@tsyncio/tasks/testing/vitest'
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'

import { runBlockingInTime } from './run-blocking-in-time.js'

type Body = (wait: Spelling['wait']) => Generator<unknown, void, unknown>
type Start = (options: SignalOptions) => Coroutine<unknown>

function behaves(title: string, body: Body): void {
  for (const { name, ...spelling } of [generators, asyncFunctions]) {
    it(`${title} (${name})`, async () => {
      await run(spelling.body<void, []>(() => body(spelling.wait)))
    })
  }
  it(`${title} (blocking)`, () => {
    runBlockingInTime(() => body(generators.wait) as Gen<void>)
  })
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** Aborts a wait that has begun, and one that has not: each throws the reason, and no more. */
function* aborts(wait: Spelling['wait'], start: Start): Generator<unknown, void, unknown> {
  const reason = new Error('enough')
  const controller = new AbortController()
  const { signal } = controller
  const waiting = createTask(() => start({ signal }))
  for (let i = 0; i < 3; i++) yield* wait(sleep(0))
  expect(waiting.done()).toBe(false)
  expect(listeners(signal)).toBe(1)
  controller.abort(reason)
  for (const task of [waiting, createTask(() => start({ signal }))]) {
    let failure: unknown
    try {
      yield* wait(task)
    } catch (error) {
      failure = error
    }
    expect(failure).toBe(reason)
    expect(task.cancelled()).toBe(false)
  }
  expect(listeners(signal)).toBe(0)
}

leakCheck()

const reads: Record<
  string,
  (connection: Connection, options: SignalOptions) => Coroutine<unknown>
> = {
  read: ({ reader }, options) => reader.read(undefined, options),
  'read of some': ({ reader }, options) => reader.read(9, options),
  readLine: ({ reader }, options) => reader.readLine(options),
  readUntil: ({ reader }, options) => reader.readUntil('!', options),
  readExactly: ({ reader }, options) => reader.readExactly(9, options),
  readInto: ({ reader }, options) => reader.readInto(Buffer.alloc(9), options),
  peek: ({ reader }, options) => reader.peek(9, options),
  'peek at what comes': ({ reader }, options) => reader.peek(undefined, options),
}

describe('a signal ends one wait of a stream, and loses nothing:', () => {
  for (const [name, read] of Object.entries(reads)) {
    behaves(name, function* (wait) {
      const [near, far] = socketPair()
      yield* aborts(wait, (options) => read(far, options))
      near.writer.write('all of it')
      const before = new AbortController()
      before.abort()
      yield* wait(far.reader.peek(9))
      expect(yield* failed(wait, read(far, { signal: before.signal }))).toBe(before.signal.reason)
      const { signal } = new AbortController()
      expect(String(yield* wait(far.reader.readExactly(9, { signal })))).toBe('all of it')
      expect(listeners(signal)).toBe(0)
      for (const { writer } of [near, far]) yield* wait(writer[Symbol.asyncDispose]())
    })
  }

  behaves('drain and waitClosed', function* (wait) {
    const [near, far] = socketPair()
    far.reader.transport?.pauseReading()
    near.writer.write(Buffer.alloc(5_000_000))
    yield* aborts(wait, (options) => near.writer.drain(options))
    yield* aborts(wait, (options) => near.writer.waitClosed(options))
    near.writer.close()
    expect((yield* wait(far.reader.read()))?.length).toBe(5_000_000)
    far.writer.close()
    yield* wait(near.writer.waitClosed())
  })

  behaves('a cancel scope does the same', function* (wait) {
    const [near, far] = socketPair()
    const socket = yield* wait(openDatagram({ localAddress: { path: '' } }))
    expect(yield* wait(moveOnAfter(1, () => far.reader.readLine()))).toBeUndefined()
    expect(yield* wait(moveOnAfter(1, () => socket.receive()))).toBeUndefined()
    near.writer.write('kept\n')
    expect(String(yield* wait(far.reader.readLine()))).toBe('kept\n')
    socket.close()
    for (const { writer } of [near, far]) yield* wait(writer[Symbol.asyncDispose]())
  })

  it('refuses what is no signal', async () => {
    await run(async () => {
      const [near, far] = socketPair()
      expect(() => far.reader.read(1, { signal: 5 as never })).toThrow(TypeError)
      expect(() => near.writer.drain({ signal: {} as never })).toThrow(TypeError)
      for (const { writer } of [near, far]) writer.close()
      await near.writer.waitClosed()
    })
  })
})

function* failed(
  wait: Spelling['wait'],
  waited: Coroutine<unknown> | Task<unknown>,
): Generator<unknown, unknown, unknown> {
  try {
    yield* wait(waited)
  } catch (error) {
    return error
  }
  return undefined
}

describe('a signal ends one wait of a socket, and loses nothing:', () => {
  behaves('datagrams', function* (wait) {
    const receiver = yield* wait(openDatagram({ localAddress: { path: '' } }))
    const sender = yield* wait(openDatagram({ remoteAddress: receiver.localAddress! }))
    const stranger = yield* wait(openDatagram({ family: 'Unix' }))
    yield* aborts(wait, (options) => receiver.receive(options))
    let sent = 0
    const fill = createTask(function* () {
      for (;;) {
        yield* sender.send(`${sent}`)
        sent++
      }
    })
    for (let before = -1; before !== sent;) {
      before = sent
      for (let i = 0; i < 3; i++) yield* wait(sleep(0))
    }
    fill.cancel()
    yield* failed(wait, sleep(0))
    yield* aborts(wait, (options) => sender.send('lost', undefined, options))
    yield* aborts(wait, (options) => stranger.send('lost', receiver.localAddress, options))
    for (let i = 0; i < sent; i++)
      expect(String((yield* wait(receiver.receive())).data)).toBe(`${i}`)
    yield* wait(sender.send('the next'))
    expect(String((yield* wait(receiver.receive())).data)).toBe('the next')
    for (const socket of [receiver, sender, stranger]) socket.close()
  })

  behaves('sockAccept, sockRecv and sockSendAll', function* (wait) {
    const place = { path: `\0tsyncio-signals-${process.pid}` }
    using server = openSocket({ family: 'Unix' })
    server.bind(place)
    server.listen()
    yield* aborts(wait, (options) => sockAccept(server, options))
    using client = openSocket({ family: 'Unix' })
    const { signal } = new AbortController()
    yield* wait(sockConnect(client, place, { signal }))
    const [peer] = yield* wait(sockAccept(server, { signal }))
    yield* aborts(wait, (options) => sockRecv(peer, 10, options))
    yield* aborts(wait, (options) => sockRecvInto(peer, Buffer.alloc(10), options))
    yield* wait(sockSendAll(client, 'hello', { signal }))
    expect(String(yield* wait(sockRecv(peer, 10)))).toBe('hello')
    yield* aborts(wait, (options) => sockSendAll(client, Buffer.alloc(5_000_000), options))
    expect(listeners(signal)).toBe(0)
    peer.close()
  })

  behaves('sockRecvFrom and sockSendTo', function* (wait) {
    using socket = openSocket({ type: 'datagram' })
    socket.bind({ family: 'IPv4', address: '127.0.0.1', port: 0 })
    yield* aborts(wait, (options) => sockRecvFrom(socket, 10, options))
    yield* aborts(wait, (options) => sockRecvFromInto(socket, Buffer.alloc(10), options))
    const { signal } = new AbortController()
    yield* wait(sockSendTo(socket, 'hello', socket.getsockname()!, { signal }))
    expect(String((yield* wait(sockRecvFrom(socket, 10)))[0])).toBe('hello')
    const aborted = AbortSignal.abort()
    const sending = sockSendTo(socket, 'no', socket.getsockname()!, { signal: aborted })
    expect(yield* failed(wait, sending)).toBe(aborted.reason)
  })
})

function pairOf(make: (fds: Int32Array) => number): [number, number] {
  const fds = new Int32Array(2)
  make(fds)
  return [fds[0]!, fds[1]!]
}

const unixPair = () => pairOf((fds) => socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
const isOpen = (fd: number) => fcntl(fd, F_GETFD, 0) >= 0

describe('a signal ends one wait for fds, and loses none:', () => {
  behaves('of a connection', function* (wait) {
    const [mine, yours] = unixPair()
    const near = yield* wait(openConnection({ fd: mine }))
    const far = yield* wait(openConnection({ fd: yours }, { maxFds: 8 }))
    const ends = pairOf((fds) => pipe2(fds, 0))
    yield* aborts(wait, (options) => receiveFds(far, 100, 2, options))
    yield* wait(sendFds(near, 'kept', ends))
    const signal = AbortSignal.abort()
    yield* wait(far.reader.peek(4))
    expect(yield* failed(wait, receiveFds(far, 100, 2, { signal }))).toBe(signal.reason)
    expect(yield* failed(wait, sendFds(near, 'never', ends, { signal }))).toBe(signal.reason)
    far.reader.transport?.pauseReading()
    near.writer.write(Buffer.alloc(5_000_000))
    // Only the wait is given up: the first of the two is sent, the second never began.
    yield* aborts(wait, (options) => sendFds(near, 'sent', ends, options))
    far.reader.transport?.resumeReading()
    near.writer.writeEof()
    const first = (yield* wait(receiveFds(far, 4, 2)))!
    expect([String(first.data), first.fds.length]).toEqual(['kept', 2])
    yield* wait(far.reader.readExactly(5_000_000))
    const second = (yield* wait(receiveFds(far, 100, 8)))!
    expect([String(second.data), second.fds.length]).toEqual(['sent', 2])
    expect(yield* wait(receiveFds(far, 100, 8))).toBeNull()
    for (const fd of [...ends, ...first.fds, ...second.fds]) expect(close(fd)).toBe(0)
    for (const { writer } of [near, far]) yield* wait(writer[Symbol.asyncDispose]())
  })

  behaves('of a file descriptor', function* (wait) {
    const [near, far] = unixPair()
    const ends = pairOf((fds) => pipe2(fds, 0))
    yield* aborts(wait, (options) => receiveFds(far, 100, 2, options))
    yield* wait(sendFds(near, 'kept', ends))
    const signal = AbortSignal.abort()
    expect(yield* failed(wait, receiveFds(far, 100, 2, { signal }))).toBe(signal.reason)
    expect(yield* failed(wait, sendFds(near, 'never', ends, { signal }))).toBe(signal.reason)
    const { data, fds } = (yield* wait(receiveFds(far, 100, 2)))!
    expect([String(data), fds.length]).toEqual(['kept', 2])
    const filling = createTask(() => sockSendAll(near, Buffer.alloc(5_000_000)))
    for (let i = 0; i < 3; i++) yield* wait(sleep(0))
    filling.cancel()
    yield* failed(wait, filling)
    yield* aborts(wait, (options) => sendFds(near, 'never', ends, options))
    close(near)
    for (let message; (message = yield* wait(receiveFds(far, 1_000_000, 2))) !== null;) {
      expect(message.fds).toEqual([])
      expect(message.data.every((byte) => byte === 0)).toBe(true)
    }
    expect([...ends, ...fds].every(isOpen)).toBe(true)
    for (const fd of [far, ...ends, ...fds]) close(fd)
  })
})

describe('a signal ends one wait of a datagram socket or a server, and changes nothing:', () => {
  behaves('next', function* (wait) {
    const receiver = yield* wait(openDatagram({ localAddress: { path: '' } }))
    yield* aborts(wait, (options) => receiver.next(options))
    yield* wait(receiver.send('kept', receiver.localAddress))
    const signal = AbortSignal.abort()
    expect(yield* failed(wait, receiver.next({ signal }))).toBe(signal.reason)
    expect(String((yield* wait(receiver.next())).value?.data)).toBe('kept')
    const controller = new AbortController()
    const waiting = createTask(() => receiver.next({ signal: controller.signal }))
    yield* wait(sleep(0))
    receiver.close()
    expect((yield* wait(waiting)).done).toBe(true)
    expect(listeners(controller.signal)).toBe(0)
  })

  behaves('connect, before it began', function* (wait) {
    const socket = yield* wait(openDatagram({ family: 'IPv4' }))
    const signal = AbortSignal.abort()
    const place = { host: '127.0.0.1', port: 9 }
    expect(yield* failed(wait, socket.connect(place, { signal }))).toBe(signal.reason)
    expect(socket.remoteAddress).toBeUndefined()
    socket.close()
  })

  for (const { name, ...spelling } of [generators, asyncFunctions]) {
    const { wait } = spelling
    it(`connect, while a name is looked up (${name})`, async () => {
      await run(
        spelling.body<void, []>(function* () {
          const socket = yield* wait(openDatagram({ family: 'IPv4' }))
          const controller = new AbortController()
          const { signal } = controller
          const place = { host: 'nobody.invalid', port: 9 }
          // No turn comes between, in which the resolver might answer.
          const waiting = createTask(() => socket.connect(place, { signal }), { eagerStart: true })
          expect(listeners(signal)).toBe(1)
          controller.abort()
          expect(yield* failed(wait, waiting)).toBe(signal.reason)
          expect(socket.remoteAddress).toBeUndefined()
          yield* wait(
            socket.connect(
              { host: '127.0.0.1', port: 9 },
              { signal: new AbortController().signal },
            ),
          )
          expect(socket.remoteAddress).toMatchObject({ port: 9 })
          socket.close()
        }),
      )
    })
  }

  behaves('waitClosed of a server', function* (wait) {
    const place = { path: `\0tsyncio-signals-server-${process.pid}` }
    const server = yield* wait(
      startServer(function* (reader, writer) {
        yield* reader.read()
        writer.close()
      }, place),
    )
    yield* aborts(wait, (options) => server.waitClosed(options))
    expect(server.isServing()).toBe(true)
    const { writer } = yield* wait(openConnection(place))
    while (server.connections === 0) yield* wait(sleep(1))
    server.close()
    yield* aborts(wait, (options) => server.waitClosed(options))
    expect(server.connections).toBe(1)
    writer.close()
    const { signal } = new AbortController()
    yield* wait(server.waitClosed({ signal }))
    expect(listeners(signal)).toBe(0)
    yield* wait(writer.waitClosed())
  })
})
