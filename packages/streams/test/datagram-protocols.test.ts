import { getRunningLoop, InvalidStateError } from '@tsyncio/loop'
import {
  createDatagramEndpoint,
  openDatagram,
  type DatagramOptions,
  type DatagramPlace,
  type DatagramProtocol,
  type DatagramTransport,
  type TransportSocket,
} from '@tsyncio/streams'
import {
  AF_INET,
  AF_UNIX,
  close,
  pipe2,
  SO_SNDBUF,
  SOCK_DGRAM,
  SOCK_STREAM,
  socket,
  socketpair,
  SOL_SOCKET,
  type IPAddress,
} from '@tsyncio/syscalls'
import { run, sleep, type Gen } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

import { everywhere } from './datagram-drives.js'
import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const localAddress = { host: '127.0.0.1', port: 0 }

/** Writes down what it is told. */
class Recorder implements DatagramProtocol {
  readonly calls: string[] = []
  readonly from: unknown[] = []
  transport!: DatagramTransport

  connectionMade(transport: DatagramTransport): void {
    this.calls.push('made')
    this.transport = transport
  }

  datagramReceived(data: Buffer, address: unknown, truncated: boolean): void {
    this.calls.push(`${truncated ? 'cut' : 'data'} ${String(data)}`)
    this.from.push(address)
  }

  errorReceived(error: Error): void {
    this.calls.push((error as Error & { code: string }).code)
  }

  connectionLost(error: Error | undefined): void {
    this.calls.push(error === undefined ? 'lost' : `lost ${error.message}`)
  }

  pauseWriting(): void {
    this.calls.push('pause')
  }

  resumeWriting(): void {
    this.calls.push('resume')
  }

  *until(call: string): Gen<void> {
    while (!this.calls.includes(call)) yield* sleep(1)
  }
}

function* recorder(options: DatagramOptions): Gen<Recorder> {
  const [transport, protocol] = yield* createDatagramEndpoint(() => new Recorder(), options)
  expect(transport.getProtocol()).toBe(protocol)
  return protocol
}

const addressOf = ({ transport }: Recorder) => transport.getExtraInfo('sockname') as IPAddress

expectNoLeaks()

describe('a datagram protocol', () => {
  for (const [family, own] of Object.entries({
    IPv4: localAddress,
    IPv6: { host: '::1', port: 0 },
    Unix: { path: '' },
  })) {
    everywhere(`is told of each datagram, ${family}`, function* (wait) {
      const made = yield* wait(createDatagramEndpoint(() => new Recorder(), { localAddress: own }))
      const server = made[1]
      const options = { localAddress: own, remoteAddress: addressOf(server), receiveSize: 5 }
      const [, client] = yield* wait(createDatagramEndpoint(() => new Recorder(), options))
      for (const data of ['one', '', new Uint8Array([0x32])]) client.transport.sendTo(data)
      client.transport.sendTo('four', addressOf(server))
      while (server.calls.length < 5) yield* wait(sleep(1))
      expect(server.calls).toEqual(['made', 'data one', 'data ', 'data 2', 'data four'])
      expect(server.from).toEqual(Array(4).fill(addressOf(client)))
      server.transport.sendTo('too long', addressOf(client))
      while (client.calls.length < 2) yield* wait(sleep(1))
      expect(client.calls).toEqual(['made', 'cut too l'])
      const { transport } = client
      expect(transport.getExtraInfo('peername')).toEqual(addressOf(server))
      expect(transport.getExtraInfo('nothing')).toBeUndefined()
      transport.close()
      server.transport.abort()
      expect([transport.isClosing(), transport.getWriteBufferSize()]).toEqual([true, 0])
      transport.sendTo('too late')
      yield* wait(sleep(0))
      yield* wait(sleep(0))
      expect([client.calls.at(-1), server.calls.at(-1)]).toEqual(['lost', 'lost'])
    })
  }

  behaves('is told of failures, and goes on', function* () {
    const server = yield* recorder({ localAddress })
    const address = addressOf(server)
    server.transport.close()
    yield* server.until('lost')
    const client = yield* recorder({ remoteAddress: address })
    client.transport.sendTo('anybody?')
    yield* client.until('ECONNREFUSED')
    client.transport.sendTo(Buffer.alloc(70_000))
    expect(client.calls).toEqual(['made', 'ECONNREFUSED', 'EMSGSIZE'])
    const back = yield* recorder({ localAddress: address })
    client.transport.sendTo('now?')
    yield* back.until('data now?')
    client.transport.close()
    back.transport.close()
    yield* client.until('lost')
    yield* back.until('lost')
  })

  behaves('that throws is reported, and its socket goes on', function* () {
    const reports: unknown[] = []
    getRunningLoop().setExceptionHandler((_loop, { message }) => void reports.push(message))
    const faulty = new Recorder()
    const fault = () => {
      throw new Error('a fault of the protocol')
    }
    const server = yield* recorder({ localAddress })
    yield* createDatagramEndpoint(() => faulty, { remoteAddress: addressOf(server) })
    Object.assign(faulty, { datagramReceived: fault, errorReceived: fault })
    const mine = addressOf(faulty)
    server.transport.sendTo('1', mine)
    server.transport.sendTo('2', mine)
    while (reports.length < 2) yield* sleep(1)
    faulty.transport.sendTo(Buffer.alloc(70_000))
    expect(reports).toEqual([
      'protocol.datagramReceived() failed',
      'protocol.datagramReceived() failed',
      'protocol.errorReceived() failed',
    ])
    const next = new Recorder()
    faulty.transport.setProtocol(next)
    server.transport.sendTo('3', mine)
    yield* next.until('data 3')
    faulty.transport.close()
    server.transport.close()
    yield* next.until('lost')
    yield* server.until('lost')
  })

  behaves('that closes in the middle of a batch is told no more', function* () {
    const server = yield* recorder({ localAddress })
    const client = yield* recorder({ localAddress })
    server.datagramReceived = () => {
      server.calls.push('data')
      server.transport.close()
    }
    for (let i = 0; i < 3; i++) client.transport.sendTo('x', addressOf(server))
    yield* server.until('lost')
    expect(server.calls).toEqual(['made', 'data', 'lost'])
    client.transport.abort()
    yield* client.until('lost')
  })

  behaves('gets at most 64 datagrams in one turn', function* () {
    const server = yield* recorder({ localAddress })
    const client = yield* recorder({ remoteAddress: addressOf(server) })
    let received = 0
    server.datagramReceived = () => void received++
    for (let i = 0; i < 150; i++) client.transport.sendTo('x')
    const perTurn: number[] = []
    for (let before = 0; received < 150; before = received) {
      yield* sleep(0)
      perTurn.push(received - before)
    }
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(64)
    server.transport.close()
    client.transport.close()
    yield* server.until('lost')
    yield* client.until('lost')
  })
})

describe('what there is no room for', () => {
  /** Protocols over a pair of Unix sockets; the first can send little at a time. */
  function* pair(): Gen<[Recorder, Recorder]> {
    const fds = new Int32Array(2)
    socketpair(AF_UNIX, SOCK_DGRAM, 0, fds)
    const one = yield* recorder({ fd: fds[0]! })
    const info = one.transport.getExtraInfo('socket') as TransportSocket
    info.setsockopt(SOL_SOCKET, SO_SNDBUF, 4608)
    return [one, yield* recorder({ fd: fds[1]! })]
  }

  behaves('is kept, a copy of it, with 8 bytes for each', function* () {
    const [sender, receiver] = yield* pair()
    const { transport } = sender
    const data = Buffer.from('before')
    while (transport.getWriteBufferSize() === 0) transport.sendTo(Buffer.alloc(100))
    const size = transport.getWriteBufferSize()
    transport.sendTo(data)
    transport.sendTo('')
    data.write('after!')
    expect(transport.getWriteBufferSize()).toBe(size + 6 + 8 + 0 + 8)
    yield* receiver.until('data before')
    yield* receiver.until('data ')
    expect(transport.getWriteBufferSize()).toBe(0)
    transport.close()
    receiver.transport.close()
    yield* sender.until('lost')
    yield* receiver.until('lost')
  })

  behaves('pauses the protocol above the high mark, and resumes it at the low one', function* () {
    const [sender, receiver] = yield* pair()
    const { transport } = sender
    expect(transport.getWriteBufferLimits()).toEqual({ high: 65_536, low: 16_384 })
    transport.setWriteBufferLimits({ high: 300, low: 100 })
    expect(() => transport.setWriteBufferLimits({ high: 1, low: 2 })).toThrow(RangeError)
    while (transport.getWriteBufferSize() <= 300) transport.sendTo(Buffer.alloc(100, 'x'))
    expect(sender.calls).toEqual(['made', 'pause'])
    transport.sendTo('more')
    expect(sender.calls).toEqual(['made', 'pause'])
    yield* receiver.until('data more')
    expect(sender.calls).toEqual(['made', 'pause', 'resume'])
    transport.close()
    receiver.transport.close()
    yield* sender.until('lost')
    yield* receiver.until('lost')
  })

  behaves('is sent before close, and dropped by abort', function* () {
    for (const how of ['close', 'abort'] as const) {
      const [sender, receiver] = yield* pair()
      const { transport } = sender
      while (transport.getWriteBufferSize() === 0) transport.sendTo(Buffer.alloc(100))
      transport.sendTo('the last')
      transport[how]()
      yield* sender.until('lost')
      if (how === 'close') yield* receiver.until('data the last')
      else expect(receiver.calls).not.toContain('data the last')
      receiver.transport.close()
      yield* receiver.until('lost')
    }
  })

  behaves('waits for a Unix receiver that it is not connected to', function* () {
    const receiver = yield* openDatagram({ localAddress: { path: '' } })
    const sender = yield* recorder({ family: 'Unix' })
    const to = receiver.localAddress as DatagramPlace
    let sent = 0
    for (; sender.transport.getWriteBufferSize() < 100; sent++) sender.transport.sendTo('x', to)
    expect(sent).toBeGreaterThan(10)
    for (let i = 0; i < sent; i++) expect(String((yield* receiver.receive()).data)).toBe('x')
    expect(sender.transport.getWriteBufferSize()).toBe(0)
    for (let i = 0; i < sent; i++) sender.transport.sendTo('x', to)
    expect(sender.transport.getWriteBufferSize()).toBeGreaterThan(0)
    sender.transport.abort()
    yield* sender.until('lost')
    receiver.close()
  })
})

describe('the options of a datagram endpoint', () => {
  const make = (options: unknown) => createDatagramEndpoint(() => ({}), options as DatagramOptions)

  behaves('have to make sense', function* () {
    for (const bad of [
      undefined,
      null,
      {},
      { fd: '1' },
      { fd: 0, family: 'IPv4' },
      { fd: 0, reusePort: true },
      { family: 'IPv5' },
      { family: 'IPv4', reusePort: 1 },
      { family: 'IPv4', receiveSize: '1' },
      { localAddress: '127.0.0.1' },
      { localAddress: { host: '127.0.0.1' } },
      { remoteAddress: null },
      { remoteAddress: { path: '/a', port: 1 } },
      { remoteAddress: { family: 'IPv7', address: '::1', port: 1 } },
      { localAddress: { path: '/a\0b' } },
    ]) {
      expect(yield* failureOf(() => make(bad)), JSON.stringify(bad)).toBeInstanceOf(TypeError)
    }
    for (const bad of [
      { fd: -1 },
      { family: 'IPv4', receiveSize: 0 },
      { family: 'IPv4', receiveSize: 2 ** 30 },
      { localAddress: { port: 65_536 } },
      { remoteAddress: { path: '' } },
      { localAddress: { path: `/${'x'.repeat(200)}` } },
      { remoteAddress: { family: 'IPv4', address: 'localhost', port: 1 } },
      { localAddress: { host: '127.0.0.1', port: 0 }, remoteAddress: { host: '::1', port: 1 } },
      { localAddress: { path: '' }, remoteAddress: { host: '::1', port: 1 } },
      { localAddress: { host: '::1', port: 0 }, family: 'IPv4' },
    ]) {
      expect(yield* failureOf(() => make(bad)), JSON.stringify(bad)).toBeInstanceOf(RangeError)
    }
    expect(() => createDatagramEndpoint(1 as never, { family: 'IPv4' })).toThrow(TypeError)
  })

  behaves('must name an address of this machine', function* () {
    const failure = yield* failureOf(() => make({ localAddress: { host: '192.0.2.77', port: 5 } }))
    expect(failure).toMatchObject({ message: 'bind EADDRNOTAVAIL 192.0.2.77:5' })
  })

  behaves('join addresses of one family', function* () {
    const server = yield* recorder({ localAddress: { host: '::1', port: 0 } })
    const remoteAddress = { host: '::1', port: addressOf(server).port }
    const client = yield* recorder({ localAddress: { port: 0 }, remoteAddress })
    expect(addressOf(client)).toMatchObject({ family: 'IPv6', address: '::1' })
    const six = yield* recorder({ localAddress: { port: 0 }, family: 'IPv6' })
    expect(addressOf(six)).toMatchObject({ family: 'IPv6', address: '::' })
    const none = yield* recorder({ family: 'IPv4' })
    none.transport.sendTo(
      'x',
      addressOf(client).port === 0 ? undefined : { ...localAddress, port: 9 },
    )
    expect(addressOf(none)).toMatchObject({ family: 'IPv4' })
    for (const each of [server, client, six, none]) {
      each.transport.close()
      yield* each.until('lost')
    }
  })

  behaves('take over an fd that is a datagram socket, and nothing else', function* () {
    const out = new Int32Array(2)
    pipe2(out, 0)
    const stream = socket(AF_INET, SOCK_STREAM, 0)
    expect(yield* failureOf(() => make({ fd: stream }))).toBeInstanceOf(TypeError)
    expect(yield* failureOf(() => make({ fd: out[0] }))).toMatchObject({ code: 'ENOTSOCK' })
    close(out[0]!)
    close(out[1]!)
    expect(yield* failureOf(() => make({ fd: out[0] }))).toMatchObject({ code: 'EBADF' })
    close(stream)
    const fd = socket(AF_INET, SOCK_DGRAM, 0)
    const owner = yield* recorder({ fd })
    expect(yield* failureOf(() => make({ fd }))).toBeInstanceOf(InvalidStateError)
    expect(() => getRunningLoop().addReader(fd, () => undefined)).toThrow(`descriptor ${fd}`)
    expect(() => owner.transport.sendTo('x')).toThrow('Expected an address')
    owner.transport.close()
    yield* owner.until('lost')
  })

  behaves('are looked at before the factory, whose failure leaves nothing behind', function* () {
    const failure = new Error('a fault of the factory')
    const factory = (): DatagramProtocol => {
      throw failure
    }
    const creating = () => createDatagramEndpoint(factory, { localAddress })
    expect(yield* failureOf(creating)).toBe(failure)
  })
})

describe('a loop that is closed', () => {
  it('takes its datagram sockets with it', async () => {
    const left = await run(function* () {
      yield* createDatagramEndpoint(() => ({}), { localAddress })
      return yield* openDatagram({ localAddress })
    })
    expect(left.closed).toBe(true)
    // Nobody has the address any more.
    await run(function* () {
      const next = yield* openDatagram({ localAddress: left.localAddress })
      next.close()
    })
  })
})
