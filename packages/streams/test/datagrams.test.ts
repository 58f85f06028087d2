import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { openDatagram, type Datagram, type DatagramSocket } from '@tsyncio/streams'
import { AF_UNIX, SOCK_DGRAM, socketpair } from '@tsyncio/syscalls'
import { ClosedError, createTask, sleep, timeout, type Task } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { everywhere, type Body } from './datagram-drives.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const places = {
  IPv4: { host: '127.0.0.1', port: 0 },
  IPv6: { host: '::1', port: 0 },
  Unix: { path: '' },
}

const text = ({ data }: Datagram): string => String(data)

expectNoLeaks()

for (const [family, localAddress] of Object.entries(places)) {
  describe(`a datagram socket, ${family}`, () => {
    everywhere('sends to whom it is told, and receives from everybody', function* (wait) {
      const one = yield* wait(openDatagram({ localAddress }))
      const two = yield* wait(openDatagram({ localAddress }))
      yield* wait(one.send('to two', two.localAddress))
      yield* wait(two.send('to itself', two.localAddress))
      const first = yield* wait(two.receive())
      expect(first).toEqual({
        data: Buffer.from('to two'),
        address: one.localAddress,
        truncated: false,
      })
      expect(text(yield* wait(two.receive()))).toBe('to itself')
      yield* wait(two.send(new Uint8Array([1, 2]), first.address))
      expect((yield* wait(one.receive())).data).toEqual(Buffer.from([1, 2]))
      expect([one.remoteAddress, one.dropped]).toEqual([undefined, 0])
      one.close()
      two.close()
    })

    everywhere('that is connected talks to one peer', function* (wait) {
      const server = yield* wait(openDatagram({ localAddress }))
      const client = yield* wait(openDatagram({ localAddress, remoteAddress: server.localAddress }))
      expect(client.remoteAddress).toEqual(server.localAddress)
      yield* wait(client.send('hello'))
      yield* wait(client.send('again', server.localAddress))
      const { address } = yield* wait(server.receive())
      expect(address).toEqual(client.localAddress)
      expect(text(yield* wait(server.receive()))).toBe('again')
      const stranger = yield* wait(openDatagram({ localAddress }))
      expect(() => client.send('x', stranger.localAddress)).toThrow(RangeError)
      yield* failureOf(() => wait(stranger.send('not for you', client.localAddress)))
      yield* wait(server.send('for you', address))
      expect(text(yield* wait(client.receive()))).toBe('for you')
      for (const socket of [server, client, stranger]) socket.close()
    })

    everywhere('is connected, and disconnected, later too', function* (wait) {
      const server = yield* wait(openDatagram({ localAddress }))
      const client = yield* wait(openDatagram({ localAddress }))
      yield* wait(client.connect(server.localAddress!))
      yield* wait(client.send('connected'))
      expect(text(yield* wait(server.receive()))).toBe('connected')
      client.disconnect()
      client.disconnect()
      expect(client.remoteAddress).toBeUndefined()
      expect(() => client.send('whom?')).toThrow(TypeError)
      yield* wait(client.send('by address', server.localAddress))
      expect(text(yield* wait(server.receive()))).toBe('by address')
      server.close()
      client.close()
    })

    everywhere('carries empty datagrams, and says what it has cut off', function* (wait) {
      const socket = yield* wait(openDatagram({ localAddress, receiveSize: 5 }))
      for (const data of ['', 'five!', 'longer'])
        yield* wait(socket.send(data, socket.localAddress))
      const seen = []
      for (let i = 0; i < 3; i++) {
        const { data, truncated } = yield* wait(socket.receive())
        seen.push([String(data), truncated])
      }
      expect(seen).toEqual([
        ['', false],
        ['five!', false],
        ['longe', true],
      ])
      socket.close()
    })

    everywhere('that is cancelled has received nothing', function* (wait) {
      const socket = yield* wait(openDatagram({ localAddress }))
      const early = createTask(() => socket.receive())
      const late = createTask(() => socket.receive())
      yield* wait(sleep(0))
      early.cancel()
      yield* wait(socket.send('for the second', socket.localAddress))
      expect(isCancelled(yield* failureOf(() => wait(early)))).toBe(true)
      expect(text(yield* wait(late))).toBe('for the second')
      const expired = yield* failureOf(() => wait(timeout(1, () => socket.receive())))
      expect(expired?.name).toBe('TimeoutError')
      yield* wait(socket.send('kept', socket.localAddress))
      expect(text(yield* wait(socket.receive()))).toBe('kept')
      socket.close()
    })

    everywhere('is for those who wait in the order in which they came', function* (wait) {
      const socket = yield* wait(openDatagram({ localAddress }))
      const first = createTask(() => socket.receive())
      yield* wait(sleep(0))
      for (const word of ['a', 'b']) yield* wait(socket.send(word, socket.localAddress))
      expect(text(yield* wait(socket.receive()))).toBe('b')
      expect(text(yield* wait(first))).toBe('a')
      socket.close()
    })

    everywhere('has received nothing when it is cancelled after it was woken', function* (wait) {
      const socket = yield* wait(openDatagram({ localAddress }))
      const tasks = [0, 1, 2].map(() => createTask(() => socket.receive()))
      yield* wait(sleep(0))
      for (const word of ['a', 'b']) yield* wait(socket.send(word, socket.localAddress))
      // The next turn wakes the first two; in the one after that they would run.
      const loop = getRunningLoop()
      loop.callSoon(() => loop.callSoon(() => tasks[0]?.cancel()))
      const [first, second, third] = tasks as [Task, Task<Datagram>, Task<Datagram>]
      expect(isCancelled(yield* failureOf(() => wait(first)))).toBe(true)
      expect(text(yield* wait(second))).toBe('a')
      expect(text(yield* wait(third))).toBe('b')
      socket.close()
    })

    everywhere('ends when it is closed, for those who wait and for loops', function* (wait) {
      const socket = yield* wait(openDatagram({ localAddress }))
      const { localAddress: address } = socket
      const receiving = createTask(() => socket.receive())
      const looping = createTask(() => socket.next())
      yield* wait(sleep(0))
      socket.close()
      socket.close()
      expect(yield* failureOf(() => wait(receiving))).toBeInstanceOf(ClosedError)
      expect(yield* wait(looping)).toEqual({ done: true, value: undefined })
      expect(yield* failureOf(() => wait(socket.receive()))).toBeInstanceOf(ClosedError)
      expect(yield* failureOf(() => wait(socket.send('x', address)))).toBeInstanceOf(ClosedError)
      expect(() => socket.fileno()).toThrow(ClosedError)
      expect(() => socket.dropped).toThrow(ClosedError)
      expect(yield* failureOf(() => wait(socket.connect(address!)))).toBeInstanceOf(ClosedError)
      expect(() => socket.disconnect()).toThrow(ClosedError)
      expect([socket.closed, socket.localAddress]).toEqual([true, address])
    })

    everywhere('does not keep the loop from others, however much there is', function* (wait) {
      const socket = yield* wait(openDatagram({ localAddress }))
      const peer = yield* wait(openDatagram({ remoteAddress: socket.localAddress! }))
      let received = 0
      const reading = createTask(function* () {
        while (!(yield* socket.next()).done) received++
      })
      const flood = createTask(function* () {
        for (let i = 0; i < 2000; i++) yield* peer.send('x')
      })
      let turns = 0
      for (; !flood.done(); turns++) yield* wait(sleep(0))
      while (received === 0) yield* wait(sleep(1))
      // At most 64 are sent in one turn.
      expect(turns).toBeGreaterThan(30)
      socket.close()
      yield* wait(reading)
      peer.close()
    })
  })
}

const whenFull: Body = function* (wait) {
  const receiver = yield* wait(openDatagram({ localAddress: { path: '' } }))
  const sender = yield* wait(openDatagram({ family: 'Unix' }))
  const send: Sending = (data) => sender.send(data, receiver.localAddress)
  // Its fd says that it is writable all the time: to watch it would be to spin.
  yield* sendsWhenThereIsRoom(wait, send, receiver, 0)
  sender.close()
}

const whenPeerIsFull: Body = function* (wait) {
  const receiver = yield* wait(openDatagram({ localAddress: { path: '' } }))
  const sender = yield* wait(openDatagram({ remoteAddress: receiver.localAddress! }))
  yield* sendsWhenThereIsRoom(wait, (data) => sender.send(data), receiver, 1)
  sender.close()
}

type Sending = (data: string) => ReturnType<DatagramSocket['send']>
type Socket = Pick<DatagramSocket, 'receive' | 'close'>

/** Fills the queue of a Unix receiver: a send waits, and one that is cancelled is not sent. */
function* sendsWhenThereIsRoom(
  wait: Parameters<Body>[0],
  send: Sending,
  receiver: Socket,
  watched: number,
): Generator<unknown, void, unknown> {
  const { fds } = getRunningLoop().core
  const before = fds.size
  let sent = 0
  const filling = createTask(function* () {
    for (; sent < 100; sent++) yield* send(`${sent}`)
  })
  for (let seen = -1; seen < sent;) {
    seen = sent
    for (let i = 0; i < 3; i++) yield* wait(sleep(0))
  }
  expect(sent).toBeLessThan(100)
  expect(fds.size - before).toBe(watched)
  const cancelled = createTask(() => send('never'))
  yield* wait(sleep(0))
  cancelled.cancel()
  expect(isCancelled(yield* failureOf(() => wait(cancelled)))).toBe(true)
  const received = []
  for (let i = 0; i < 100; i++) received.push(text(yield* wait(receiver.receive())))
  expect(received).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`))
  yield* wait(filling)
  receiver.close()
}

describe('a Unix receiver that is full', () => {
  everywhere('lets senders wait, that are not connected to it', whenFull)
  everywhere('lets senders wait, that are connected to it', whenPeerIsFull)
})

describe('a pair of Unix sockets without names', () => {
  everywhere('is taken over, and talks both ways', function* (wait) {
    const fds = new Int32Array(2)
    socketpair(AF_UNIX, SOCK_DGRAM, 0, fds)
    const one = yield* wait(openDatagram({ fd: fds[0]! }))
    const two = yield* wait(openDatagram({ fd: fds[1]! }))
    yield* wait(one.send('no names'))
    expect(yield* wait(two.receive())).toMatchObject({ address: undefined })
    yield* wait(two.send('none'))
    expect(text(yield* wait(one.receive()))).toBe('none')
    expect(yield* failureOf(() => wait(openDatagram({ fd: fds[0]! })))).toMatchObject({
      code: 'ERR_TSYNCIO_INVALID_STATE',
    })
    one.close()
    two.close()
  })
})
