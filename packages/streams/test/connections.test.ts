import {
  openConnection,
  openReadPipe,
  openWritePipe,
  startServer,
  type Place,
  type Server,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import { pipe2 } from '@tsyncio/syscalls'
import { createTask, run, sleep, type Gen } from '@tsyncio/tasks'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const directory = mkdtempSync(join(tmpdir(), 'streams-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Where to listen, and where to connect to that. */
const places: [string, Place, (server: Server) => Place][] = [
  ['IPv4', { host: '127.0.0.1', port: 0 }, ({ port }) => ({ host: '127.0.0.1', port })],
  ['IPv6', { host: '::1', port: 0 }, ({ port }) => ({ host: '::1', port })],
  ['localhost', { host: 'localhost', port: 0 }, ({ port }) => ({ host: 'localhost', port })],
  ['every interface', { port: 0 }, ({ port }) => ({ port })],
  [
    'a Unix socket',
    { path: join(directory, 'socket') },
    () => ({ path: join(directory, 'socket') }),
  ],
  [
    'an abstract name',
    { path: `\0tsyncio-test-${process.pid}` },
    () => ({ path: `\0tsyncio-test-${process.pid}` }),
  ],
]

function* echo(reader: StreamReader, writer: StreamWriter): Gen<void> {
  for (let data; (data = yield* reader.read(65_536)) !== null;) {
    writer.write(data)
    yield* writer.drain()
  }
  writer.close()
}

async function echoAsync(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for (let data; (data = await reader.read(65_536)) !== null;) {
    writer.write(data)
    await writer.drain()
  }
  writer.close()
}

expectNoLeaks()

describe.each(places)('over %s', (_name, place, placeOf) => {
  behaves('a line goes to the server and back', function* () {
    const server = yield* startServer(echo, place)
    const { reader, writer } = yield* openConnection(placeOf(server))
    writer.write('hello\n')
    expect(String(yield* reader.readLine())).toBe('hello\n')
    writer.writeEof()
    expect(yield* reader.read()).toBeNull()
    writer.close()
    yield* writer.waitClosed()
    server.close()
    yield* server.waitClosed()
  })

  it('async functions do the same', async () => {
    await run(async () => {
      await using server = await startServer(echoAsync, place)
      await using connection = await openConnection(placeOf(server))
      connection.writer.write('hello\n')
      expect(String(await connection.reader.readLine())).toBe('hello\n')
    })
  })
})

describe('bytes', () => {
  behaves('arrive as they were sent, whatever the sizes, though both sides are slow', function* () {
    const server = yield* startServer(echo, { host: '127.0.0.1', port: 0 })
    const { reader, writer } = yield* openConnection({ host: '127.0.0.1', port: server.port })
    const sent = createHash('sha256')
    const writing = createTask(function* () {
      for (let i = 0; i < 300; i++) {
        const data = randomBytes(randomInt(1, i % 20 === 0 ? 300_000 : 3000))
        sent.update(data)
        writer.write(data)
        yield* writer.drain()
        if (i % 50 === 0) yield* sleep(1)
      }
      writer.writeEof()
    })
    const received = createHash('sha256')
    for (let i = 0; ; i++) {
      const data = yield* reader.read(randomInt(1, 20_000))
      if (data === null) break
      received.update(data)
      if (i % 100 === 0) yield* sleep(0)
    }
    yield* writing
    expect(received.digest('hex')).toBe(sent.digest('hex'))
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })

  it('arrive in many connections at once', async () => {
    await run(async () => {
      await using server = await startServer(echoAsync, { host: '127.0.0.1', port: 0 })
      const clients = Array.from({ length: 50 }, (_, i) =>
        createTask(async () => {
          await using connection = await openConnection({ host: '127.0.0.1', port: server.port })
          const { reader, writer } = connection
          for (let j = 0; j < 20; j++) {
            writer.write(`${i}:${j}\n`)
            expect(String(await reader.readLine())).toBe(`${i}:${j}\n`)
          }
        }),
      )
      for (const client of clients) await client
    })
  })
})

describe('the end of run()', () => {
  behaves('closes what was left open', function* () {
    const server = yield* startServer(echo, { host: '127.0.0.1', port: 0 })
    const { reader, writer } = yield* openConnection({ host: '127.0.0.1', port: server.port })
    writer.write('hello')
    expect(String(yield* reader.readExactly(5))).toBe('hello')
    const pipe = new Int32Array(2)
    pipe2(pipe, 0)
    openReadPipe(pipe[0]!)
    openWritePipe(pipe[1]!).write(Buffer.alloc(1_000_000))
  })
})

describe('flow control', () => {
  behaves('bounds what a writer keeps for a peer that does not read', function* () {
    const held = createTask(function* () {
      yield* sleep(60_000)
    })
    const server = yield* startServer(
      function* (_reader, writer) {
        try {
          yield* held
        } finally {
          writer.close()
        }
      },
      { host: '127.0.0.1', port: 0 },
    )
    const { reader, writer } = yield* openConnection({ host: '127.0.0.1', port: server.port })
    let sent = 0
    const writing = createTask(function* () {
      for (;;) {
        writer.write(Buffer.alloc(100_000))
        sent += 100_000
        yield* writer.drain()
      }
    })
    const size = () => writer.transport.getWriteBufferSize()
    for (let turns = 0, before = -1; turns < 100; before = size()) {
      yield* sleep(0)
      turns = size() > 65_536 && size() === before ? turns + 1 : 0
    }
    writing.cancel()
    expect(yield* failureOf(() => writing)).toMatchObject({ name: 'CancelledError' })
    // The kernel has its buffers on both sides, the server's reader two limits and a read.
    expect(size()).toBeLessThanOrEqual(165_536)
    expect(sent).toBeLessThan(30_000_000)
    held.cancel()
    writer.transport.abort()
    expect(yield* reader.read()).toBeNull()
    server.close()
    yield* server.waitClosed()
  })

  behaves('pauses the transport of a reader that nobody reads, and resumes it', function* () {
    const total = 4_000_000
    const server = yield* startServer(
      function* (_reader, writer) {
        writer.write(Buffer.alloc(total, 7))
        yield* writer.drain()
        writer.close()
      },
      { host: '127.0.0.1', port: 0 },
    )
    const { reader, writer } = yield* openConnection(
      { host: '127.0.0.1', port: server.port },
      { limit: 1000 },
    )
    yield* reader.readExactly(10)
    const transport = writer.transport as unknown as { isReading(): boolean }
    while (transport.isReading()) yield* sleep(1)
    const first = reader.takeBuffered()
    expect(first.length).toBeLessThanOrEqual(2000 + 262_144)
    expect(transport.isReading()).toBe(true)
    const rest = yield* reader.readExactly(total - 10 - first.length)
    expect(rest.every((byte) => byte === 7)).toBe(true)
    expect(yield* reader.read(1)).toBeNull()
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })
})
