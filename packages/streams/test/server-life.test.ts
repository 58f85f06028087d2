import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import {
  createServer,
  openConnection,
  startServer,
  type Server,
  type StreamReader,
  type StreamWriter,
  type TransportSocket,
} from '@tsyncio/streams'
import { setsockoptBytes, SO_LINGER, SOL_SOCKET } from '@tsyncio/syscalls'
import { createTask, Event, moveOnAfter, run, sleep, type Gen } from '@tsyncio/tasks'
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks, openFdCount } from './no-leaks.js'

const place = { host: '127.0.0.1', port: 0 }
const at = ({ port }: Server) => ({ host: '127.0.0.1', port })

function* untilEnd(reader: StreamReader, writer: StreamWriter): Gen<void> {
  yield* reader.read()
  writer.close()
}

/** A handler that tells when it is in, and how it ended after some cleaning up. */
function watched(cleanup = 2) {
  const entered = new Event()
  const ends: string[] = []
  function* handler(reader: StreamReader, writer: StreamWriter): Gen<void> {
    entered.set()
    try {
      yield* untilEnd(reader, writer)
      ends.push('end')
    } catch (error) {
      yield* sleep(cleanup)
      ends.push(isCancelled(error) ? 'cancelled' : String(error))
      throw error
    }
  }
  return { handler, entered, ends }
}

// The thread's own loop lives as long as the thread.
beforeAll(() => sleep(0))
expectNoLeaks()

describe('shutting down', () => {
  behaves('lets handlers finish within the grace period', function* () {
    const { handler, entered, ends } = watched()
    const server = yield* startServer(handler, place)
    const { reader, writer } = yield* openConnection(at(server))
    yield* entered.wait()
    const shutdown = createTask(server.shutdown({ grace: 60_000 }))
    yield* sleep(1)
    expect(server.isServing()).toBe(false)
    const refused = yield* failureOf(() => openConnection(at(server)))
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
    writer.writeEof()
    expect(yield* shutdown).toEqual({ finished: 1, cancelled: 0, aborted: 0 })
    expect(ends).toEqual(['end'])
    expect(yield* reader.read()).toBeNull()
    yield* writer[Symbol.asyncDispose]()
  })

  behaves('cancels handlers after it, and waits for their end', function* () {
    const { handler, entered, ends } = watched(20)
    const server = yield* startServer(handler, place)
    const { reader, writer } = yield* openConnection(at(server))
    yield* entered.wait()
    expect(yield* server.shutdown({ grace: 2 })).toEqual({ finished: 0, cancelled: 1, aborted: 0 })
    expect(ends).toEqual(['cancelled'])
    expect(yield* reader.read()).toBeNull()
    yield* writer[Symbol.asyncDispose]()
  })

  behaves('aborts connections whose bytes nobody takes', function* () {
    const entered = new Event()
    const server = yield* startServer(function* (_reader, writer) {
      writer.write(Buffer.alloc(30_000_000))
      entered.set()
      yield* writer.drain()
    }, place)
    const { reader, writer } = yield* openConnection(at(server), { limit: 1 })
    yield* entered.wait()
    const report = yield* server.shutdown({ grace: 0, cleanup: 5 })
    expect(report).toEqual({ finished: 0, cancelled: 1, aborted: 1 })
    // What was lost is not taken for the end of what was sent.
    const received = yield* failureOf(() => reader.readExactly(30_000_000))
    expect(received).toBeInstanceOf(Error)
    yield* writer[Symbol.asyncDispose]()
  })

  behaves('closes connections of protocols, which have no handler', function* () {
    const lost = new Event()
    const server = yield* createServer(() => ({ connectionLost: () => lost.set() }), place)
    const { reader, writer } = yield* openConnection(at(server))
    while (server.connections === 0) yield* sleep(1)
    expect(yield* server.shutdown({ grace: 0 })).toEqual({ finished: 0, cancelled: 1, aborted: 0 })
    expect(lost.isSet()).toBe(true)
    expect(yield* reader.read()).toBeNull()
    yield* writer[Symbol.asyncDispose]()
  })

  behaves('can be asked for by a handler, which is not waited for', function* () {
    const other = watched()
    let report: unknown
    const server: Server = yield* startServer(function* (reader, writer) {
      if (String(yield* reader.readLine()) !== 'stop\n') return yield* other.handler(reader, writer)
      report = yield* server.shutdown({ grace: 2 })
      writer.write('stopped')
      writer.close()
    }, place)
    const idle = yield* openConnection(at(server))
    idle.writer.write('stay\n')
    yield* other.entered.wait()
    const { reader, writer } = yield* openConnection(at(server))
    writer.write('stop\n')
    expect(String(yield* reader.read())).toBe('stopped')
    yield* server.waitClosed()
    expect(report).toEqual({ finished: 0, cancelled: 1, aborted: 0 })
    yield* writer[Symbol.asyncDispose]()
    yield* idle.writer[Symbol.asyncDispose]()
  })

  behaves('of a server without connections is done at once', function* () {
    const server = yield* startServer(untilEnd, place)
    const none = { finished: 0, cancelled: 0, aborted: 0 }
    expect(yield* server.shutdown({ grace: Infinity, cleanup: Infinity })).toEqual(none)
    expect(yield* server.shutdown()).toEqual(none)
    expect(() => server.startServing()).toThrow(InvalidStateError)
  })

  behaves('leaves no handler behind, however it is interrupted', function* () {
    const ways = [
      function* (server: Server): Gen<void> {
        const shutdown = createTask(server.shutdown({ grace: 60_000, cleanup: 60_000 }))
        yield* sleep(1)
        shutdown.cancel()
        yield* sleep(1)
        shutdown.cancel()
        expect(isCancelled(yield* failureOf(() => shutdown))).toBe(true)
      },
      function* (server: Server): Gen<void> {
        yield* moveOnAfter(2, () => server.shutdown({ grace: 60_000, cleanup: 60_000 }))
      },
    ]
    for (const interrupted of ways) {
      const { handler, entered, ends } = watched(20)
      const server = yield* startServer(handler, place)
      const { writer } = yield* openConnection(at(server))
      yield* entered.wait()
      yield* interrupted(server)
      expect(ends).toEqual(['cancelled'])
      yield* writer[Symbol.asyncDispose]()
    }
  })

  it('works from outside of tasks', async () => {
    const { handler, entered, ends } = watched()
    const server = await startServer(handler, place)
    const { writer } = await openConnection(at(server))
    await entered.wait()
    expect(await server.shutdown({ grace: 0 })).toEqual({ finished: 0, cancelled: 1, aborted: 0 })
    expect(ends).toEqual(['cancelled'])
    await writer[Symbol.asyncDispose]()
  })

  it('refuses what is no time', async () => {
    await run(async () => {
      await using server = await startServer(untilEnd, place)
      expect(() => server.shutdown({ grace: -1 })).toThrow(RangeError)
      expect(() => server.shutdown({ cleanup: NaN })).toThrow(RangeError)
      expect(() => server.shutdown({ grace: '1' as never })).toThrow(TypeError)
    })
  })
})

describe('a shutdown in a cancelled scope', () => {
  behaves('gives the handlers their time to clean up', function* () {
    const entered = new Event()
    const server = yield* startServer(function* (reader, writer) {
      entered.set()
      try {
        yield* reader.read()
      } finally {
        yield* sleep(20)
        writer.write('bye')
      }
    }, place)
    const { reader, writer } = yield* openConnection(at(server))
    yield* entered.wait()
    yield* moveOnAfter(2, () => server.shutdown({ grace: 60_000, cleanup: 60_000 }))
    expect(String(yield* reader.read())).toBe('bye')
    yield* writer[Symbol.asyncDispose]()
  })
})

describe('a handler', () => {
  it('does not outlive `await using`', async () => {
    await run(async () => {
      const ends: string[] = []
      {
        await using server = await startServer(async (reader, writer) => {
          await reader.read()
          writer.close()
          await writer.waitClosed()
          await sleep(20)
          ends.push('after its connection')
        }, place)
        await using connection = await openConnection(at(server))
        while (server.connections === 0) await sleep(1)
        connection.writer.writeEof()
        await connection.reader.read()
      }
      expect(ends).toEqual(['after its connection'])
    })
  })

  behaves('is cancelled when the wait for the server is', function* () {
    const waits = [
      (server: Server) => server.serveForever(),
      (server: Server) => server[Symbol.asyncDispose](),
    ]
    for (const wait of waits) {
      const { handler, entered, ends } = watched(20)
      const server = yield* startServer(handler, place)
      const { reader, writer } = yield* openConnection(at(server))
      yield* entered.wait()
      const waiting = createTask(wait(server))
      yield* sleep(1)
      expect(ends).toEqual([])
      waiting.cancel()
      expect(isCancelled(yield* failureOf(() => waiting))).toBe(true)
      expect(ends).toEqual(['cancelled'])
      expect(server.isServing()).toBe(false)
      expect(yield* reader.read()).toBeNull()
      yield* writer[Symbol.asyncDispose]()
    }
  })

  it('that is async is cancelled too, while `await using` waits', async () => {
    const entered = new Event()
    const place = { path: `\0tsyncio-async-handler-${process.pid}` }
    await run(async () => {
      const listening = new Event()
      const serving = createTask(async () => {
        await using server = await startServer(async (reader, writer) => {
          entered.set()
          try {
            await reader.readLine()
          } finally {
            writer.write('bye')
          }
        }, place)
        listening.set()
        await server.serveForever()
      })
      await listening.wait()
      await using connection = await openConnection(place)
      await entered.wait()
      serving.cancel()
      await expect(serving).rejects.toSatisfy(isCancelled)
      expect(String(await connection.reader.read())).toBe('bye')
    })
  })

  behaves('that fails is reported, and the server goes on', function* () {
    const reports: unknown[] = []
    getRunningLoop().setExceptionHandler((_loop, { exception }) => void reports.push(exception))
    const failure = new Error('a fault of the handler')
    const server = yield* startServer(function* (reader, writer) {
      if (String(yield* reader.readLine()) === 'fail\n') throw failure
      writer.write('well')
      writer.close()
    }, place)
    const first = yield* openConnection(at(server))
    first.writer.write('fail\n')
    expect(yield* first.reader.read()).toBeNull()
    const second = yield* openConnection(at(server))
    second.writer.write('\n')
    expect(String(yield* second.reader.read())).toBe('well')
    expect(reports).toEqual([failure])
    for (const { writer } of [first, second]) yield* writer[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
  })

  behaves('may wait for the close of its own server', function* () {
    const server: Server = yield* startServer(function* (_reader, writer) {
      server.close()
      yield* server.waitClosed()
      writer.write('closed')
      writer.close()
    }, place)
    const { reader, writer } = yield* openConnection(at(server))
    expect(String(yield* reader.read())).toBe('closed')
    yield* server.waitClosed()
    yield* writer[Symbol.asyncDispose]()
  })
})

describe('a protocol', () => {
  behaves('is made with its server', function* () {
    let made: Server | undefined
    const server = yield* createServer((its) => {
      made = its
      return {}
    }, place)
    const { writer } = yield* openConnection(at(server))
    while (server.connections === 0) yield* sleep(1)
    expect(made).toBe(server)
    yield* writer[Symbol.asyncDispose]()
    yield* server.shutdown({ grace: 0 })
  })
})

describe('a limit of connections', () => {
  behaves('lets others wait until one has gone', function* () {
    let most = 0
    const server = yield* startServer(
      function* (reader, writer) {
        most = Math.max(most, server.connections)
        writer.write('in')
        yield* untilEnd(reader, writer)
      },
      { port: 0 },
      { maxConnections: 2 },
    )
    const open = yield* openAll(server, 5)
    yield* open[0]!.reader.readExactly(2)
    yield* open[1]!.reader.readExactly(2)
    yield* sleep(5)
    expect(server.connections).toBe(2)
    expect(server.isServing()).toBe(true)
    for (const { reader, writer } of open) {
      if (reader !== open[0]!.reader && reader !== open[1]!.reader) yield* reader.readExactly(2)
      yield* writer[Symbol.asyncDispose]()
    }
    expect(most).toBe(2)
    yield* server.shutdown()
  })

  behaves('does not begin to serve what is not to be served yet', function* () {
    const { handler, entered } = watched()
    const options = { maxConnections: 1, startServing: false }
    const server = yield* startServer(handler, place, options)
    const clients = yield* openAll(server, 2)
    yield* sleep(2)
    expect(entered.isSet()).toBe(false)
    server.startServing()
    yield* entered.wait()
    server.startServing()
    yield* sleep(2)
    expect(server.connections).toBe(1)
    for (const { writer } of clients) yield* writer[Symbol.asyncDispose]()
    yield* server.shutdown({ grace: 60_000 })
  })

  function* openAll(server: Server, count: number) {
    const clients: Awaited<ReturnType<typeof openConnection>>[] = []
    while (clients.length < count) clients.push(yield* openConnection(at(server)))
    return clients
  }
})

/** Makes the close of a connection a reset. */
function resetOnClose(writer: StreamWriter): void {
  const fd = (writer.getExtraInfo('socket') as TransportSocket).fileno()
  setsockoptBytes(fd, SOL_SOCKET, SO_LINGER, new Uint8Array(Int32Array.of(1, 0).buffer))
}

describe('accepting', () => {
  behaves('survives connections that were reset before', function* () {
    const reports: unknown[] = []
    getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
    const server = yield* createServer(() => ({}), place, { startServing: false })
    for (let i = 0; i < 3; i++) {
      const { writer } = yield* openConnection(at(server))
      resetOnClose(writer)
      writer.transport.abort()
      yield* writer[Symbol.asyncDispose]()
    }
    server.startServing()
    const { reader, writer } = yield* openConnection(at(server))
    writer.writeEof()
    expect(yield* reader.read()).toBeNull()
    yield* writer[Symbol.asyncDispose]()
    yield* server.shutdown({ grace: 60_000 })
    expect(reports).toEqual([])
  })

  it('recovers in a process with few fds', { timeout: 30_000 }, async () => {
    const before = openFdCount()
    const program = fileURLToPath(new URL('programs/few-fds.js', import.meta.url))
    const start = 'ulimit -n 64 && exec "$0" "$1"'
    const server = spawn('bash', ['-c', start, process.execPath, program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exit = once(server, 'exit')
    const output = on(server.stdout, 'data')[Symbol.asyncIterator]()
    const said = async () => String((await output.next()).value as Buffer).trim()
    const port = Number(await said())
    const sockets = Array.from({ length: 80 }, () => connect(port, '127.0.0.1'))
    expect(await said()).toBe('EMFILE')
    for (const socket of sockets) socket.destroy()
    const last = connect(port, '127.0.0.1')
    last.end('well again')
    expect(String(await once(last, 'data'))).toBe('well again')
    server.stdin.end()
    expect(await exit).toEqual([0, null])
    while (openFdCount() > before) await new Promise(setImmediate)
  })
})

describe('bad arguments', () => {
  it('are refused at the door', () => {
    const start = (options: unknown) => startServer(untilEnd, place, options as never)
    expect(() => start({ maxConnections: 0 })).toThrow(RangeError)
    expect(() => start({ maxConnections: 1.5 })).toThrow(RangeError)
    expect(() => start({ maxConnections: '1' })).toThrow(TypeError)
  })
})
