import {
  openConnection,
  startServer,
  type Connection,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import { OSError } from '@tsyncio/syscalls'
import { Event, sleep, type Gen } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'
import { connected, resetSocket } from './pairs.js'

const place = { host: '127.0.0.1', port: 0 }
const much = 20_000_000

/** What the server does with a connection, and what its client does before it resets. */
interface State {
  serve(reader: StreamReader, writer: StreamWriter): Gen<void>
  prepare?(client: Connection): Gen<void>
}

function* forever(reader: StreamReader): Gen<void> {
  while ((yield* reader.read(65_536)) !== null);
}

const states: Record<string, State> = {
  'as soon as it is connected': { serve: forever },
  'while the server waits for a line': {
    *serve(reader) {
      yield* reader.readLine()
    },
    *prepare({ writer }) {
      writer.write('half a')
      yield* sleep(1)
    },
  },
  'while the server drains': {
    *serve(_reader, writer) {
      writer.write(Buffer.alloc(much))
      yield* writer.drain()
    },
    *prepare({ reader }) {
      yield* reader.readExactly(1)
    },
  },
  'when the server has ended its direction': {
    *serve(reader, writer) {
      writer.write('x')
      writer.writeEof()
      yield* forever(reader)
    },
    *prepare({ reader }) {
      yield* reader.read()
    },
  },
  'when both directions are ended but for bytes of the server': {
    *serve(reader, writer) {
      writer.write(Buffer.alloc(much))
      yield* forever(reader)
      yield* writer.drain()
    },
    *prepare({ reader, writer }) {
      writer.writeEof()
      yield* reader.readExactly(1)
    },
  },
  'while the server closes, with bytes left to be sent': {
    *serve(_reader, writer) {
      writer.write(Buffer.alloc(much))
      writer.close()
      yield* writer.waitClosed()
    },
    *prepare({ reader }) {
      yield* reader.readExactly(1)
    },
  },
  'while the server reads nothing, and then writes': {
    *serve(_reader, writer) {
      ;(writer.transport as unknown as { pauseReading(): void }).pauseReading()
      for (;;) {
        writer.write('x')
        yield* writer.drain()
        yield* sleep(1)
      }
    },
  },
}

expectNoLeaks()

describe('a client that resets', () => {
  for (const [when, { serve, prepare }] of Object.entries(states)) {
    behaves(`${when} is lost once, and the server goes on`, function* () {
      let endings = 0
      const ended = new Event()
      const server = yield* startServer(function* (reader, writer) {
        const greeting = yield* reader.readExactly(5)
        try {
          if (String(greeting) === 'reset') yield* serve(reader, writer)
        } catch (error) {
          expect(error).toBeInstanceOf(OSError)
          expect(['ECONNRESET', 'EPIPE']).toContain((error as { code: string }).code)
        }
        if (String(greeting) === 'hello') writer.write('bye')
        yield* writer[Symbol.asyncDispose]()
        endings++
        ended.set()
      }, place)
      const client = yield* openConnection({ ...place, port: server.port })
      client.writer.write('reset')
      if (prepare !== undefined) yield* prepare(client)
      resetSocket(client)
      yield* client.writer[Symbol.asyncDispose]()
      const other = yield* openConnection({ ...place, port: server.port })
      other.writer.write('hello')
      expect(String(yield* other.reader.read())).toBe('bye')
      yield* other.writer[Symbol.asyncDispose]()
      while (endings < 2) {
        ended.clear()
        yield* ended.wait()
      }
      server.close()
      yield* server.waitClosed()
    })
  }

  behaves(
    'is no failure of a direction that ends after it, and its last words are read',
    function* () {
      const [near, far] = yield* connected(place)
      near.reader.transport?.pauseReading()
      far.writer.write('last words')
      resetSocket(far)
      yield* far.writer[Symbol.asyncDispose]()
      near.writer.writeEof()
      near.reader.transport?.resumeReading()
      expect(String(yield* near.reader.readExactly(10))).toBe('last words')
      expect(yield* failureOf(() => near.reader.read())).toMatchObject({ code: 'ECONNRESET' })
      expect(yield* failureOf(() => near.writer.waitClosed())).toMatchObject({ code: 'ECONNRESET' })
    },
  )
})
