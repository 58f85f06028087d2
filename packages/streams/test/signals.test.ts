import { leakCheck } from '@tsyncio/loop/testing/vitest'
import {
  openDatagram,
  openSocket,
  sockAccept,
  sockConnect,
  sockRecv,
  sockRecvFrom,
  sockRecvFromInto,
  sockRecvInto,
  sockSendAll,
  sockSendTo,
  type Connection,
  type SignalOptions,
} from '@tsyncio/streams'
import { socketPair } from '@tsyncio/streams/testing'
import {
  createTask,
  moveOnAfter,
  run,
  runBlocking,
  sleep,
  type Coroutine,
  type Gen,
} from '@tsyncio/tasks'
import { asyncFunctions, generators, type Spelling } from '@tsyncio/tasks/testing/vitest'
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'

type Body = (wait: Spelling['wait']) => Generator<unknown, void, unknown>
type Start = (options: SignalOptions) => Coroutine<unknown>

function behaves(title: string, body: Body): void {
  for (const { name, ...spelling } of [generators, asyncFunctions]) {
    it(`${title} (${name})`, async () => {
      await run(spelling.body<void, []>(() => body(spelling.wait)))
    })
  }
  it(`${title} (blocking)`, () => {
    runBlocking(() => body(generators.wait) as Gen<void>)
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
  waited: Coroutine<unknown>,
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
