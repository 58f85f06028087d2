import { getRunningLoop } from '@tsyncio/loop'
import {
  asConnection,
  createConnection,
  openSocket,
  sockSendAll,
  Socket,
  type BufferedProtocol,
  type Connection,
  type Protocol,
  type ReaderAndWriter,
  type Transport,
} from '@tsyncio/streams'
import { memoryPair } from '@tsyncio/streams/testing'
import { AF_UNIX, SOCK_NONBLOCK, SOCK_STREAM, socketpair } from '@tsyncio/syscalls'
import { run, sleep, type Gen } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { duplexPair } from './duplex-pair.js'
import { expectNoLeaks } from './no-leaks.js'
import { connected as connectedTo, startedTls, tls } from './pairs.js'

/** Writes down what it is told; reads into `room` bytes at a time. */
class Recorder implements BufferedProtocol {
  readonly calls: string[] = []
  readonly memory: Buffer
  transport!: Transport
  error: Error | undefined
  fault: 'get' | 'update' | 'empty' | 'text' | undefined

  constructor(room: number) {
    this.memory = Buffer.alloc(room)
  }

  connectionMade(transport: Transport): void {
    this.calls.push('made')
    this.transport = transport
  }

  getBuffer(sizeHint: number): Uint8Array {
    expect(sizeHint).toBe(-1)
    if (this.fault === 'get') throw new Error('no memory')
    if (this.fault === 'empty') return new Uint8Array(0)
    return this.fault === 'text' ? ('text' as never) : this.memory
  }

  bufferUpdated(count: number): void {
    this.calls.push(`data ${this.memory.toString('utf8', 0, count)}`)
    if (this.fault === 'update') throw new Error('no use')
  }

  dataReceived(): void {
    this.calls.push('dataReceived')
  }

  eofReceived(): boolean {
    this.calls.push('eof')
    return true
  }

  connectionLost(error: Error | undefined): void {
    this.calls.push('lost')
    this.error = error
  }

  *until(call: string): Gen<void> {
    while (!this.calls.includes(call)) yield* sleep(1)
  }
}

/** A transport with the protocol, and the socket at its other side. */
function* connected<P extends Protocol>(protocol: P): Gen<[Transport, Socket]> {
  const out = new Int32Array(2)
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, out)
  const [transport] = yield* createConnection(() => protocol, { fd: out[0]! })
  return [transport, new Socket(out[1]!)]
}

expectNoLeaks()

describe('a buffered protocol', () => {
  behaves('gets its bytes where it wants them, as many as fit', function* () {
    const protocol = new Recorder(4)
    const [transport, peer] = yield* connected(protocol)
    yield* sockSendAll(peer, 'abcdefghij')
    yield* protocol.until('data ij')
    peer.close()
    yield* protocol.until('eof')
    transport.close()
    yield* protocol.until('lost')
    expect(protocol.calls).toEqual(['made', 'data abcd', 'data efgh', 'data ij', 'eof', 'lost'])
    expect(protocol.error).toBeUndefined()
  })

  behaves('is asked for nothing while it is paused', function* () {
    const protocol = new Recorder(10)
    const [transport, peer] = yield* connected(protocol)
    transport.pauseReading()
    yield* sockSendAll(peer, 'late')
    for (let i = 0; i < 5; i++) yield* sleep(0)
    expect(protocol.calls).toEqual(['made'])
    transport.resumeReading()
    yield* protocol.until('data late')
    transport.abort()
    yield* protocol.until('lost')
    peer.close()
  })

  behaves('may take turns with another kind', function* () {
    const buffered = new Recorder(10)
    const plain: string[] = []
    const [transport, peer] = yield* connected(buffered)
    transport.setProtocol({ dataReceived: (data: Buffer) => plain.push(String(data)) })
    yield* sockSendAll(peer, 'plain')
    while (plain.length === 0) yield* sleep(1)
    transport.setProtocol(buffered)
    yield* sockSendAll(peer, 'buffered')
    yield* buffered.until('data buffered')
    expect(plain).toEqual(['plain'])
    expect(buffered.calls).not.toContain('dataReceived')
    transport.abort()
    yield* buffered.until('lost')
    peer.close()
  })

  for (const [fault, message] of [
    ['get', 'protocol.getBuffer() failed'],
    ['empty', 'protocol.getBuffer() failed'],
    ['text', 'protocol.getBuffer() failed'],
    ['update', 'protocol.bufferUpdated() failed'],
  ] as const) {
    behaves(`that fails (${fault}) ends its connection, and is reported`, function* () {
      const reports: unknown[] = []
      getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context.message))
      const protocol = new Recorder(10)
      const [transport, peer] = yield* connected(protocol)
      protocol.fault = fault
      yield* sockSendAll(peer, 'x')
      yield* protocol.until('lost')
      expect(reports).toEqual([message])
      expect(protocol.error).toBeInstanceOf(Error)
      expect(transport.isClosing()).toBe(true)
      peer.close()
    })
  }

  it('serves TCP in async functions too', async () => {
    await run(async () => {
      const server = openSocket()
      server.bind({ family: 'IPv4', address: '127.0.0.1', port: 0 })
      server.listen()
      const { port } = server.getsockname() as { port: number }
      const protocol = new Recorder(100)
      const [transport] = await createConnection(() => protocol, { host: '127.0.0.1', port })
      server.close()
      await run(() => protocol.until('lost'))
      expect(protocol.calls.at(-1)).toBe('lost')
      transport.abort()
    })
  })
})

/** Where the bytes were read before the protocol was asked: in TLS by Node, with fds by us. */
const readElsewhere: Record<string, () => Gen<[ReaderAndWriter, ReaderAndWriter]>> = {
  *'inside TLS'() {
    return yield* tls.open()
  },
  *'inside TLS that was started later'() {
    return yield* startedTls.open()
  },
  *'with fds'() {
    return yield* connectedTo({ path: `\0tsyncio-buffered-${process.pid}` }, { maxFds: 2 })
  },
  *'over a stream of Node’s'() {
    return duplexPair().map((end) => asConnection(end)) as [Connection, Connection]
  },
  *'in memory'() {
    return memoryPair()
  },
}

describe('a buffered protocol whose bytes were read elsewhere', () => {
  for (const [where, open] of Object.entries(readElsewhere)) {
    it(`gets them all, as many as fit: ${where}`, async () => {
      await run(function* () {
        const [near, far] = yield* open()
        const protocol = new Recorder(4)
        const { transport } = near.writer
        transport.setProtocol(protocol)
        far.writer.write('abcdefghij')
        yield* protocol.until('data ij')
        const rest: string[] = []
        protocol.bufferUpdated = () =>
          transport.setProtocol({
            dataReceived: (data: Buffer) => rest.push(String(data)),
            connectionLost: () => rest.push('lost'),
          })
        far.writer.write('klmnop')
        while (rest.length === 0) yield* sleep(1)
        transport.abort()
        while (rest.length === 1) yield* sleep(1)
        const told = protocol.calls.filter((call) => call !== 'made')
        expect(told).toEqual(['data abcd', 'data efgh', 'data ij'])
        expect(rest).toEqual(['op', 'lost'])
        far.writer.transport.abort()
        yield* sleep(5)
      })
    })
  }

  it('ends its connection when it fails, and is reported', async () => {
    await run(function* () {
      const reports: unknown[] = []
      getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context.message))
      const [near, far] = yield* tls.open()
      const protocol = new Recorder(4)
      near.writer.transport.setProtocol(protocol)
      protocol.fault = 'empty'
      far.writer.write('x')
      yield* protocol.until('lost')
      expect(reports).toEqual(['protocol.bufferUpdated() failed'])
      expect(protocol.error).toBeInstanceOf(RangeError)
      far.writer.transport.abort()
      yield* far.writer[Symbol.asyncDispose]()
    })
  })
})
