import { getRunningLoop } from '@tsyncio/loop'
import {
  connectReadPipe,
  connectWritePipe,
  createConnection,
  createServer,
  StreamReader,
  StreamReaderProtocol,
  StreamWriter,
  type Server,
} from '@tsyncio/streams'
import { pipe2 } from '@tsyncio/syscalls'
import { Event, run, runBlocking, sleep, type Gen } from '@tsyncio/tasks'
import { asyncFunctions, generators, type Spelling } from '@tsyncio/tasks/testing/vitest'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'

type Body = (wait: Spelling['wait']) => Generator<unknown, void, unknown>

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

function pipe(): [number, number] {
  const fds = new Int32Array(2)
  pipe2(fds, 0)
  return [fds[0]!, fds[1]!]
}

const place = { host: '127.0.0.1', port: 0 }
const streamsOf = (reader = new StreamReader()) => new StreamReaderProtocol(reader)

function* shout(reader: StreamReader, writer: StreamWriter): Gen<void> {
  for (let line; (line = yield* reader.readLine()) !== null;) {
    writer.write(String(line).toUpperCase())
    yield* writer.drain()
  }
  writer.close()
}

expectNoLeaks()

describe('a StreamReaderProtocol', () => {
  behaves('makes streams of the two ends of a pipe', function* (wait) {
    const [from, to] = pipe()
    const reader = new StreamReader()
    const [reading, protocol] = yield* wait(connectReadPipe(() => streamsOf(reader), from))
    expect(protocol).toBeInstanceOf(StreamReaderProtocol)
    expect(reader.transport).toBe(reading)
    const writer = new StreamWriter(...(yield* wait(connectWritePipe(() => streamsOf(), to))))
    writer.write('one\ntwo')
    expect(String(yield* wait(reader.readLine()))).toBe('one\n')
    writer.write(Buffer.alloc(1_000_000))
    writer.close()
    expect((yield* wait(reader.read()))?.length).toBe(1_000_003)
    yield* wait(writer.waitClosed())
    expect(reader.atEof()).toBe(true)
  })

  behaves('makes streams of a connection, on both sides', function* (wait) {
    const serve = (server: Server) => new StreamReaderProtocol(new StreamReader(), shout, server)
    const server = yield* wait(createServer(serve, place))
    const reader = new StreamReader({ limit: 10 })
    const to = { ...place, port: server.port }
    const writer = new StreamWriter(...(yield* wait(createConnection(() => streamsOf(reader), to))))
    writer.write('hello\n')
    expect(String(yield* wait(reader.readLine()))).toBe('HELLO\n')
    server.close()
    writer.writeEof()
    // The end of one direction leaves the other open.
    expect(yield* wait(reader.readLine())).toBeNull()
    writer.close()
    yield* wait(writer.waitClosed())
    yield* wait(server.waitClosed())
  })

  behaves('has a handler that the server owns, if it is told of it', function* (wait) {
    for (const isOwned of [true, false]) {
      const ends: string[] = []
      const enough = new Event()
      const handler = function* (): Gen<void> {
        try {
          yield* enough.wait()
          ends.push('done')
        } catch (error) {
          ends.push('cancelled')
          throw error
        }
      }
      const serve = (server: Server) =>
        new StreamReaderProtocol(new StreamReader(), handler, isOwned ? server : undefined)
      const server = yield* wait(createServer(serve, place))
      const to = { ...place, port: server.port }
      const [transport] = yield* wait(createConnection(() => streamsOf(), to))
      while (server.connections === 0) yield* wait(sleep(1))
      yield* wait(server.shutdown({ grace: 0 }))
      expect(ends).toEqual(isOwned ? ['cancelled'] : [])
      enough.set()
      while (ends.length === 0) yield* wait(sleep(1))
      expect(ends).toEqual([isOwned ? 'cancelled' : 'done'])
      transport.abort()
      yield* wait(sleep(0))
    }
  })

  behaves('reports a handler that fails, and closes its connection', function* (wait) {
    const loop = getRunningLoop()
    const messages: unknown[] = []
    loop.setExceptionHandler((_loop, { message, exception }) => messages.push(message, exception))
    const failure = new Error('no')
    const fail = () => {
      throw failure
    }
    const serve = () => new StreamReaderProtocol(new StreamReader(), fail)
    const server = yield* wait(createServer(serve, place))
    const reader = new StreamReader()
    const to = { ...place, port: server.port }
    const [transport] = yield* wait(createConnection(() => streamsOf(reader), to))
    expect(yield* wait(reader.read())).toBeNull()
    expect(messages).toEqual(['Unhandled error in a connection handler', failure])
    loop.setExceptionHandler(undefined)
    transport.close()
    server.close()
    yield* wait(server.waitClosed())
  })

  behaves('is for one connection: of a second one everybody is told', function* (wait) {
    const loop = getRunningLoop()
    const exceptions: unknown[] = []
    loop.setExceptionHandler((_loop, { exception }) => exceptions.push(exception))
    const reader = new StreamReader()
    const protocol = new StreamReaderProtocol(reader, () => undefined)
    const server = yield* wait(createServer(() => protocol, place))
    const to = { ...place, port: server.port }
    const [first] = yield* wait(createConnection(() => streamsOf(), to))
    while (server.connections === 0) yield* wait(sleep(1))
    const other = new StreamReader()
    const [second] = yield* wait(createConnection(() => streamsOf(other), to))
    expect(yield* wait(other.read())).toBeNull()
    expect(String(exceptions)).toMatch(/for one connection/)
    expect(String(reader.exception())).toMatch(/for one connection/)
    loop.setExceptionHandler(undefined)
    for (const transport of [first, second]) transport.close()
    reader.transport?.close()
    server.close()
    yield* wait(server.waitClosed())
  })

  it('refuses what is no reader and no function', () => {
    expect(() => new StreamReaderProtocol({} as never)).toThrow(TypeError)
    expect(() => new StreamReaderProtocol(new StreamReader(), 5 as never)).toThrow(TypeError)
  })
})
