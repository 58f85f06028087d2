import {
  createDatagramEndpoint,
  Multicast,
  openDatagram,
  type DatagramSocket,
  type TransportSocket,
} from '@tsyncio/streams'
import { OSError, poll, type IPAddress } from '@tsyncio/syscalls'
import { createTask, run, sleep, type Gen } from '@tsyncio/tasks'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { everywhere } from './datagram-drives.js'
import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const localAddress = { host: '127.0.0.1', port: 0 }
const localAddress6 = { host: '::1', port: 0 }

/** An address at which nobody receives any more. */
function* deserted(): Gen<IPAddress> {
  const socket = yield* openDatagram({ localAddress })
  socket.close()
  return socket.localAddress
}

expectNoLeaks()

describe('a datagram that nobody listens for', () => {
  everywhere('is an error of the next receive of a connected socket', function* (wait) {
    const gone = yield* wait(openDatagram({ localAddress }))
    gone.close()
    const remoteAddress = gone.localAddress
    const socket = yield* wait(openDatagram({ remoteAddress }))
    yield* wait(socket.send('anybody there?'))
    const failure = yield* failureOf(() => wait(socket.receive()))
    const { address, port } = remoteAddress
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', syscall: 'recv', address, port })
    // The socket is as good as before.
    const back = yield* wait(openDatagram({ localAddress: remoteAddress }))
    yield* wait(socket.send('now?'))
    expect(String((yield* wait(back.receive())).data)).toBe('now?')
    back.close()
    socket.close()
  })

  everywhere('is an error of the next send, if that comes first', function* (wait) {
    const gone = yield* wait(openDatagram({ localAddress }))
    gone.close()
    const socket = yield* wait(openDatagram({ remoteAddress: gone.localAddress }))
    const waiting = createTask(() => socket.receive())
    yield* wait(sleep(0))
    yield* wait(socket.send('one'))
    // No turn of the loop comes between, in which the receive would take it.
    expect(poll(Int32Array.of(socket.fileno(), 0, 0), 1, 10_000)).toBe(1)
    const failure = yield* failureOf(() => wait(socket.send('two')))
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', syscall: 'send' })
    waiting.cancel()
    yield* failureOf(() => wait(waiting))
    socket.close()
  })

  behaves('is none for a socket that is not connected', function* () {
    const address = yield* deserted()
    const socket = yield* openDatagram({ localAddress })
    yield* socket.send('anybody there?', address)
    yield* socket.send('hello', socket.localAddress)
    expect(String((yield* socket.receive()).data)).toBe('hello')
    socket.close()
  })
})

describe('what cannot be sent', () => {
  behaves('is an error that names the address', function* () {
    const socket = yield* openDatagram({ localAddress })
    const to = { host: '127.0.0.1', port: 9 }
    const tooLong = yield* failureOf(() => socket.send(Buffer.alloc(70_000), to) as never)
    expect(tooLong).toBeInstanceOf(OSError)
    expect(tooLong?.message).toBe('send EMSGSIZE 127.0.0.1:9')
    expect(() => socket.send('x', { host: 'example.org', port: 9 })).toThrow('connect to a name')
    expect(() => socket.send('x')).toThrow('Expected an address to send to')
    expect(() => socket.send(1 as never, to)).toThrow(TypeError)
    expect(() => socket.send('x', { host: '127.0.0.1', port: 65_536 })).toThrow(RangeError)
    expect(() => socket.send('x', null as never)).toThrow(TypeError)
    socket.close()
  })

  behaves('goes to this machine when no host is named', function* () {
    for (const place of [localAddress, localAddress6]) {
      const socket = yield* openDatagram({ localAddress: place })
      yield* socket.send('here', { port: socket.localAddress.port })
      yield* socket.send('and here', { host: 'localhost', port: socket.localAddress.port })
      expect(String((yield* socket.receive()).data)).toBe('here')
      expect(String((yield* socket.receive()).data)).toBe('and here')
      socket.close()
    }
  })
})

describe('broadcasting', () => {
  const broadcast = { host: '127.255.255.255', port: 9 }

  behaves('has to be allowed', function* () {
    const socket = yield* openDatagram({ localAddress })
    expect(socket.broadcast).toBe(false)
    expect(yield* failureOf(() => socket.send('x', broadcast))).toMatchObject({
      code: 'EACCES',
    })
    socket.broadcast = true
    expect(socket.broadcast).toBe(true)
    yield* socket.send('x', broadcast)
    socket.close()
  })

  behaves('reaches everybody at the port, who can answer', function* () {
    const ear = yield* openDatagram({ localAddress: { host: '127.255.255.255', port: 0 } })
    const remoteAddress = ear.localAddress
    const mouth = yield* openDatagram({ localAddress, remoteAddress, allowBroadcast: true })
    expect(mouth.remoteAddress).toEqual(remoteAddress)
    yield* mouth.send('everybody')
    const { data, address } = yield* ear.receive()
    expect([String(data), address]).toEqual(['everybody', mouth.localAddress])
    const answer = yield* openDatagram({ localAddress })
    yield* answer.send('I heard you', address)
    expect((yield* mouth.receive()).address).toEqual(answer.localAddress)
    expect(() => mouth.send('x', answer.localAddress)).toThrow(RangeError)
    for (const socket of [ear, mouth, answer]) socket.close()
  })
})

describe('what the system keeps', () => {
  behaves('is bounded, and what it drops is counted', function* () {
    const socket = yield* openDatagram({ localAddress })
    const peer = yield* openDatagram({ remoteAddress: socket.localAddress })
    socket.receiveBufferSize = 10_000
    expect(socket.receiveBufferSize).toBe(20_000)
    peer.sendBufferSize = 50_000
    expect(peer.sendBufferSize).toBe(100_000)
    expect(socket.dropped).toBe(0)
    const data = Buffer.alloc(1000)
    let sent = 0
    for (; socket.dropped <= 50; sent++) yield* peer.send(data)
    let received = 0
    for (; received + socket.dropped < sent; received++)
      expect((yield* socket.receive()).data).toEqual(data)
    const { dropped } = socket
    expect(received + dropped).toBe(sent)
    yield* peer.send('the next')
    expect(String((yield* socket.receive()).data)).toBe('the next')
    expect(socket.dropped).toBe(dropped)
    socket.close()
    peer.close()
  })
})

describe('sharing a port', () => {
  behaves('is refused to those who do not ask for it', function* () {
    const socket = yield* openDatagram({ localAddress })
    const { address, port } = socket.localAddress
    const again = { localAddress: socket.localAddress, reusePort: true }
    expect(yield* failureOf(() => openDatagram(again))).toMatchObject({
      message: `bind EADDRINUSE ${address}:${port}`,
    })
    socket.close()
  })

  behaves('works for those who do', function* () {
    for (const option of [{ reusePort: true }, { reuseAddress: true }]) {
      const one = yield* openDatagram({ localAddress, ...option })
      const two = yield* openDatagram({ localAddress: one.localAddress, ...option })
      expect(two.localAddress).toEqual(one.localAddress)
      one.close()
      two.close()
    }
  })

  behaves('works for IPv4 and IPv6, each for itself', function* () {
    const six = yield* openDatagram({ localAddress: { host: '::', port: 0 }, ipv6Only: true })
    const { port } = six.localAddress
    const four = yield* openDatagram({ localAddress: { host: '0.0.0.0', port } })
    expect([four.localAddress.port, six.localAddress.port]).toEqual([port, port])
    six.close()
    four.close()
  })
})

describe('multicast', () => {
  /** Two sockets at one port, in one group, at the loopback interface. */
  function* members(group: string): Gen<DatagramSocket<IPAddress>[]> {
    const place = { host: '0.0.0.0', port: 0 }
    const one = yield* openDatagram({ localAddress: place, reuseAddress: true })
    const localAddress = { ...place, port: one.localAddress.port }
    const two = yield* openDatagram({ localAddress, reuseAddress: true })
    for (const { multicast } of [one, two]) {
      multicast.setInterface('127.0.0.1')
      multicast.join(group, 'lo')
    }
    return [one, two]
  }

  everywhere('reaches all in the group, until they leave it', function* (wait) {
    const group = '239.255.0.7'
    const joining = createTask(() => members(group))
    const [one, two] = (yield* wait(joining)) as [
      DatagramSocket<IPAddress>,
      DatagramSocket<IPAddress>,
    ]
    const to = { host: group, port: one.localAddress.port }
    yield* wait(one.send('all', to))
    for (const socket of [one, two]) {
      expect(String((yield* wait(socket.receive())).data)).toBe('all')
    }
    two.multicast.leave(group, 'lo')
    yield* wait(one.send('not you', to))
    expect(String((yield* wait(one.receive())).data)).toBe('not you')
    // It was bound last, so what is for one socket is for this one.
    yield* wait(one.send('you alone', { host: '127.0.0.1', port: to.port }))
    expect(String((yield* wait(two.receive())).data)).toBe('you alone')
    expect([one.multicast.loopback, one.multicast.ttl]).toEqual([true, 1])
    one.multicast.loopback = false
    one.multicast.ttl = 3
    expect([one.multicast.loopback, one.multicast.ttl]).toEqual([false, 3])
    one.close()
    two.close()
  })

  it('joins groups of IPv6 at an interface, by its name or its index', async () => {
    const isMember = () => /^1\s+lo\s+ff150{27}7/m.test(readFileSync('/proc/net/igmp6', 'utf8'))
    await run(function* () {
      const socket = yield* openDatagram({ localAddress: localAddress6 })
      const { multicast } = socket
      for (const where of ['lo', 1]) {
        multicast.setInterface(where)
        multicast.join('ff15::7', where)
        expect(isMember()).toBe(true)
        multicast.leave('ff15::7', where)
        expect(isMember()).toBe(false)
      }
      multicast.ttl = 5
      multicast.loopback = false
      expect([multicast.ttl, multicast.loopback]).toEqual([5, false])
      socket.ttl = 9
      expect(socket.ttl).toBe(9)
      socket.close()
    })
  })

  behaves('is for transports too', function* () {
    const [transport] = yield* createDatagramEndpoint(() => ({}), { localAddress })
    const multicast = new Multicast(transport.getExtraInfo('socket') as TransportSocket)
    multicast.join('239.255.0.8', '127.0.0.1')
    expect(() => multicast.join('239.255.0.8', 'lo')).toThrow('EADDRINUSE 239.255.0.8')
    transport.abort()
    yield* sleep(0)
  })

  behaves('refuses what is no group, no interface and no setting', function* () {
    const socket = yield* openDatagram({ localAddress })
    const { multicast } = socket
    expect(() => multicast.join('10.0.0.1')).toThrow(RangeError)
    expect(() => multicast.join('example.org')).toThrow(RangeError)
    expect(() => multicast.join(1 as never)).toThrow(TypeError)
    expect(() => multicast.join('239.0.0.1', 'no-such')).toThrow('ENODEV no-such')
    expect(() => multicast.join('239.0.0.1', -1)).toThrow(RangeError)
    expect(() => multicast.join('239.0.0.1', {} as never)).toThrow(TypeError)
    expect(() => multicast.leave('239.0.0.1', 'lo')).toThrow('EADDRNOTAVAIL')
    expect(() => multicast.join('ff02::1', 'lo')).toThrow(OSError)
    expect(() => (multicast.ttl = 256)).toThrow(RangeError)
    expect(() => (multicast.ttl = '1' as never)).toThrow(TypeError)
    expect(() => (multicast.loopback = 1 as never)).toThrow(TypeError)
    expect(() => (socket.ttl = 0.5)).toThrow(RangeError)
    expect(() => (socket.ttl = 0)).toThrow(OSError)
    expect(() => (socket.broadcast = 'yes' as never)).toThrow(TypeError)
    expect(() => (socket.receiveBufferSize = -1)).toThrow(RangeError)
    expect(() => (socket.sendBufferSize = '1' as never)).toThrow(TypeError)
    socket.close()
    expect(() => multicast.join('239.0.0.1')).toThrow('closed')
  })
})
