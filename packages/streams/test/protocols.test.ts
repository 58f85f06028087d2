import { getRunningLoop } from '@tsyncio/loop'
import {
  createConnection,
  createServer,
  type Protocol,
  type Transport,
  type TransportSocket,
} from '@tsyncio/streams'
import { createTask, sleep, type Gen } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { behaves } from './driven.js'
import { expectNoLeaks } from './no-leaks.js'

const place = { host: '127.0.0.1', port: 0 }

/** Writes down what it is told. */
class Recorder implements Protocol {
  readonly calls: string[] = []
  transport!: Transport
  error: Error | undefined
  keepsOpen = false

  connectionMade(transport: Transport): void {
    this.calls.push('made')
    this.transport = transport
  }

  dataReceived(data: Buffer): void {
    this.calls.push(`data ${String(data)}`)
  }

  eofReceived(): boolean {
    this.calls.push('eof')
    return this.keepsOpen
  }

  connectionLost(error: Error | undefined): void {
    this.calls.push('lost')
    this.error = error
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

/** A client and its peer, connected; the server is closed when both are. */
function* recorders(): Gen<[Recorder, Recorder]> {
  const peer = new Recorder()
  const server = yield* createServer(() => peer, place)
  const [, client] = yield* createConnection(() => new Recorder(), { ...place, port: server.port })
  server.close()
  yield* peer.until('made')
  return [client, peer]
}

expectNoLeaks()

describe('a protocol', () => {
  behaves('is told in order: made, data, end, lost', function* () {
    const [client, peer] = yield* recorders()
    peer.transport.write('hello')
    yield* client.until('data hello')
    peer.transport.writeEof()
    yield* client.until('lost')
    yield* peer.until('lost')
    expect(client.calls).toEqual(['made', 'data hello', 'eof', 'lost'])
    expect(peer.calls).toEqual(['made', 'eof', 'lost'])
    expect([client.error, peer.error]).toEqual([undefined, undefined])
  })

  behaves('keeps the connection half open if it wants to', function* () {
    const [client, peer] = yield* recorders()
    client.keepsOpen = true
    peer.transport.writeEof()
    yield* client.until('eof')
    client.transport.write('still here')
    yield* peer.until('data still here')
    client.transport.close()
    yield* peer.until('lost')
    yield* client.until('lost')
    expect(client.calls).toEqual(['made', 'eof', 'lost'])
  })

  behaves(
    'is told to pause above the high mark and to resume at the low one, in pairs',
    function* () {
      const [client, peer] = yield* recorders()
      const { transport } = client
      expect(transport.getWriteBufferLimits()).toEqual({ high: 65_536, low: 16_384 })
      peer.transport.pauseReading()
      while (transport.getWriteBufferSize() <= 65_536) transport.write(Buffer.alloc(1_000_000))
      expect(client.calls).toEqual(['made', 'pause'])
      const size = transport.getWriteBufferSize()
      transport.setWriteBufferLimits({ high: size, low: size })
      expect(client.calls).toEqual(['made', 'pause', 'resume'])
      transport.write('x')
      expect(client.calls).toEqual(['made', 'pause', 'resume', 'pause'])
      transport.setWriteBufferLimits({ low: 10 })
      expect(transport.getWriteBufferLimits()).toEqual({ high: 40, low: 10 })
      expect(() => transport.setWriteBufferLimits({ high: 1, low: 2 })).toThrow(RangeError)
      peer.dataReceived = () => undefined
      peer.transport.resumeReading()
      while (transport.getWriteBufferSize() > 0) yield* sleep(1)
      expect(client.calls).toEqual(['made', 'pause', 'resume', 'pause', 'resume'])
      transport.close()
      yield* client.until('lost')
      yield* peer.until('lost')
    },
  )

  behaves('gets nothing while reading is paused, and is told of pausing twice', function* () {
    const [client, peer] = yield* recorders()
    client.transport.pauseReading()
    client.transport.pauseReading()
    expect(client.transport.isReading()).toBe(false)
    peer.transport.write('later')
    yield* sleep(5)
    expect(client.calls).toEqual(['made'])
    client.transport.resumeReading()
    client.transport.resumeReading()
    expect(client.transport.isReading()).toBe(true)
    yield* client.until('data later')
    client.transport.abort()
    client.transport.abort()
    expect(client.transport.isReading()).toBe(false)
    yield* client.until('lost')
    yield* peer.until('lost')
    expect(client.error).toBeUndefined()
  })

  behaves('can be exchanged in the middle', function* () {
    const [client, peer] = yield* recorders()
    const next = new Recorder()
    client.transport.setProtocol(next)
    expect(client.transport.getProtocol()).toBe(next)
    peer.transport.write('for the next')
    yield* next.until('data for the next')
    client.transport.close()
    yield* next.until('lost')
    expect(client.calls).toEqual(['made'])
    yield* peer.until('lost')
  })

  for (const name of ['connectionMade', 'dataReceived', 'eofReceived', 'connectionLost'] as const) {
    behaves(`that throws in ${name} is reported, and its connection ended`, function* () {
      const reports: unknown[] = []
      getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context.exception))
      const failure = new Error('a fault of the protocol')
      const peer = new Recorder()
      const server = yield* createServer(() => peer, place)
      const faulty = new Recorder()
      const original: (argument: never) => unknown = faulty[name]
      faulty[name] = function (this: Recorder, argument: never) {
        original.call(this, argument)
        throw failure
      } as never
      yield* createConnection(() => faulty, { ...place, port: server.port })
      yield* peer.until('made')
      if (name === 'dataReceived') peer.transport.write('x')
      else if (name !== 'connectionMade') peer.transport.writeEof()
      yield* faulty.until('lost')
      yield* peer.until('lost')
      expect(reports).toEqual([failure])
      expect(faulty.calls.filter((call) => call === 'lost')).toHaveLength(1)
      server.close()
      yield* server.waitClosed()
    })
  }

  behaves('cannot have its fd watched by anybody else', function* () {
    const [client, peer] = yield* recorders()
    const fd = (client.transport.getExtraInfo('socket') as TransportSocket).fileno()
    expect(() => getRunningLoop().addReader(fd, () => undefined)).toThrow(`File descriptor ${fd}`)
    client.transport.close()
    yield* client.until('lost')
    yield* peer.until('lost')
  })

  behaves('writes many pieces in order, more than one call of the kernel takes', function* () {
    const [client, peer] = yield* recorders()
    let received = ''
    peer.dataReceived = (data) => void (received += String(data))
    const lines = Array.from({ length: 5000 }, (_, i) => `${i},`)
    client.transport.write(Buffer.alloc(3_000_000, '.'))
    const sending = createTask(function* () {
      for (const line of lines) client.transport.write(line)
      client.transport.writeLines(lines)
    })
    yield* sending
    client.transport.close()
    yield* peer.until('lost')
    expect(received.replaceAll('.', '')).toBe(lines.join('') + lines.join(''))
    yield* client.until('lost')
  })
})

describe('what is written', () => {
  behaves('is bytes or text, nothing else', function* () {
    const [client, peer] = yield* recorders()
    for (const bad of [1, null, undefined, {}, new Uint16Array(1), new ArrayBuffer(1)]) {
      expect(() => client.transport.write(bad as never)).toThrow(TypeError)
    }
    client.transport.write('')
    client.transport.write('é')
    yield* peer.until('data é')
    client.transport.close()
    yield* client.until('lost')
    yield* peer.until('lost')
  })
})
