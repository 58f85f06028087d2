import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import {
  createServer,
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import { close, socket, AF_INET, SOCK_STREAM } from '@tsyncio/syscalls'
import { createTask, run, sleep, type Gen } from '@tsyncio/tasks'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { expectNoLeaks } from './no-leaks.js'

const directory = mkdtempSync(join(tmpdir(), 'streams-'))
afterAll(() => rmSync(directory, { recursive: true }))

const place = { host: '127.0.0.1', port: 0 }
const at = (port: number) => ({ host: '127.0.0.1', port })

function* failureOf(body: () => Gen<unknown>): Gen<unknown> {
  try {
    yield* body()
  } catch (error) {
    return error
  }
  return undefined
}

function* untilEnd(reader: StreamReader, writer: StreamWriter): Gen<void> {
  yield* reader.read()
  writer.close()
}

expectNoLeaks()

describe('a server', () => {
  behaves('tells where it listens, as long as it does', function* () {
    const server = yield* startServer(untilEnd, place)
    expect(server.port).toBeGreaterThan(0)
    expect(server.address).toEqual({ family: 'IPv4', address: '127.0.0.1', port: server.port })
    expect(server.sockets.map((socket) => socket.getsockname())).toEqual([server.address])
    expect(server.isServing()).toBe(true)
    server.close()
    server.close()
    expect(server.isServing()).toBe(false)
    expect(server.sockets).toEqual([])
    yield* server.waitClosed()
  })

  behaves('has one port at all its addresses', function* () {
    const server = yield* startServer(untilEnd, { port: 0 })
    const ports = server.sockets.map((socket) => (socket.getsockname() as { port: number }).port)
    expect(new Set(ports)).toEqual(new Set([server.port]))
    yield* server[Symbol.asyncDispose]()
  })

  behaves('leaves connections open when it is closed, and waits for them', function* () {
    const server = yield* startServer(untilEnd, place)
    const { reader, writer } = yield* openConnection(at(server.port))
    writer.write('x')
    while (!(yield* sleep(1, true))) yield* sleep(1)
    server.close()
    const waiting = createTask(server.waitClosed())
    yield* sleep(5)
    expect(waiting.done()).toBe(false)
    const refused = yield* failureOf(() => openConnection(at(server.port)) as never)
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
    writer.writeEof()
    expect(yield* reader.read()).toBeNull()
    writer.close()
    yield* waiting
    yield* writer.waitClosed()
  })

  behaves('waits for its close too', function* () {
    const server = yield* startServer(untilEnd, place)
    const waiting = createTask(server.waitClosed())
    yield* sleep(5)
    expect(waiting.done()).toBe(false)
    server.close()
    yield* waiting
  })

  behaves('closes or aborts its clients when told to', function* () {
    for (const end of ['closeClients', 'abortClients'] as const) {
      const server = yield* startServer(function* (reader, writer) {
        writer.write('hello')
        yield* reader.read()
      }, place)
      const { reader, writer } = yield* openConnection(at(server.port))
      expect(String(yield* reader.readExactly(5))).toBe('hello')
      server.close()
      server[end]()
      yield* server.waitClosed()
      expect(yield* reader.read()).toBeNull()
      yield* writer[Symbol.asyncDispose]()
    }
  })

  behaves('serves for ever, until it is closed or cancelled', function* () {
    const server = yield* startServer(untilEnd, place, { startServing: false })
    expect(server.isServing()).toBe(false)
    const serving = createTask(server.serveForever())
    yield* sleep(0)
    expect(server.isServing()).toBe(true)
    const again = yield* failureOf(() => server.serveForever() as never)
    expect(again).toBeInstanceOf(InvalidStateError)
    server.close()
    yield* serving
    expect(() => server.startServing()).toThrow(InvalidStateError)

    const other = yield* startServer(untilEnd, place)
    const cancelled = createTask(other.serveForever())
    yield* sleep(0)
    cancelled.cancel()
    expect(isCancelled(yield* failureOf(() => cancelled as never))).toBe(true)
    expect(other.isServing()).toBe(false)
  })

  behaves('cannot listen twice at one port, unless both say so', function* () {
    const server = yield* startServer(untilEnd, place)
    const refused = yield* failureOf(() => startServer(untilEnd, at(server.port)) as never)
    expect(refused).toMatchObject({ code: 'EADDRINUSE', port: server.port, address: '127.0.0.1' })
    server.close()
    const one = yield* startServer(untilEnd, place, { reusePort: true })
    const two = yield* startServer(untilEnd, at(one.port), { reusePort: true })
    one.close()
    two.close()
  })

  behaves('says where it cannot listen', function* () {
    const refused = yield* failureOf(
      () => startServer(untilEnd, { host: '203.0.113.1', port: 0 }) as never,
    )
    expect(refused).toMatchObject({
      code: 'EADDRNOTAVAIL',
      syscall: 'bind',
      address: '203.0.113.1',
    })
  })
})

describe('a handler', () => {
  behaves('that fails is reported, and its connection is closed', function* () {
    const reports: unknown[] = []
    getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
    const failure = new Error('a fault of the handler')
    const server = yield* startServer(function* (reader) {
      yield* reader.read(1)
      throw failure
    }, place)
    const { reader, writer } = yield* openConnection(at(server.port))
    writer.write('xy')
    yield* failureOf(() => reader.read() as never)
    expect(reports).toEqual([expect.objectContaining({ exception: failure })])
    server.close()
    yield* server.waitClosed()
    yield* writer[Symbol.asyncDispose]()
  })

  it('may be async, and may fail', async () => {
    const failure = new Error('a fault of the handler')
    const reports: unknown[] = []
    await run(async () => {
      getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
      await using server = await startServer(async (reader) => {
        await reader.readLine()
        throw failure
      }, place)
      await using connection = await openConnection(at(server.port))
      connection.writer.write('\n')
      expect(await connection.reader.read()).toBeNull()
    })
    expect(reports).toEqual([expect.objectContaining({ exception: failure })])
  })

  behaves('may be a plain function', function* () {
    const server = yield* startServer((_reader, writer) => {
      writer.write('plain')
      writer.close()
    }, place)
    const { reader, writer } = yield* openConnection(at(server.port))
    expect(String(yield* reader.read())).toBe('plain')
    yield* writer[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
  })

  behaves('knows who called', function* () {
    const server = yield* startServer((_reader, writer) => {
      const { address, port } = writer.getExtraInfo('peername') as { address: string; port: number }
      writer.write(`${address} ${port}`)
      writer.close()
    }, place)
    const connection = yield* openConnection(at(server.port))
    expect(connection.remoteAddress).toEqual(server.address)
    const { port } = connection.localAddress as { port: number }
    expect(String(yield* connection.reader.read())).toBe(`127.0.0.1 ${port}`)
    yield* connection[Symbol.asyncDispose]()
    yield* server[Symbol.asyncDispose]()
  })
})

describe('a protocol that cannot be made', () => {
  behaves('costs its connection only', function* () {
    const reports: { message: string }[] = []
    getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
    const server = yield* createServer(() => {
      throw new Error('no protocol')
    }, place)
    const { reader, writer } = yield* openConnection(at(server.port))
    yield* failureOf(() => reader.read() as never)
    expect(reports).toHaveLength(1)
    expect(server.isServing()).toBe(true)
    yield* writer[Symbol.asyncDispose]()
    server.close()
  })
})

describe('the file of a Unix socket', () => {
  const path = join(directory, 'socket')

  behaves('goes when the server is closed', function* () {
    const server = yield* startServer(untilEnd, { path })
    expect(statSync(path).isSocket()).toBe(true)
    server.close()
    expect(existsSync(path)).toBe(false)
  })

  behaves('is replaced when it is stale, and refused when it is in use or no socket', function* () {
    const stale = yield* startServer(untilEnd, { path })
    for (const socket of stale.sockets) close(socket.fileno())
    const server = yield* startServer(untilEnd, { path })
    const used = yield* failureOf(() => startServer(untilEnd, { path }) as never)
    expect(used).toMatchObject({ code: 'EADDRINUSE', path })
    server.close()
    writeFileSync(path, 'a file')
    const file = yield* failureOf(() => startServer(untilEnd, { path }) as never)
    expect(file).toMatchObject({ code: 'EADDRINUSE', path })
    rmSync(path)
  })

  behaves('stays when it is another server by then', function* () {
    const first = yield* startServer(untilEnd, { path })
    rmSync(path)
    const second = yield* startServer(untilEnd, { path })
    first.close()
    expect(existsSync(path)).toBe(true)
    second.close()
    expect(existsSync(path)).toBe(false)
  })
})

describe('accepting', () => {
  it(
    'goes on after there were no fds, without losing a connection',
    { timeout: 20_000 },
    async () => {
      const reports: { message: string }[] = []
      await run(async () => {
        getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context))
        await using server = await startServer((_reader, writer) => {
          writer.write('at last')
          writer.close()
        }, place)
        limitFds(500)
        const taken = takeAllFds()
        close(taken.pop()!)
        const connection = await openConnection(at(server.port))
        try {
          while (reports.length === 0) await sleep(1)
        } finally {
          for (const fd of taken) close(fd)
          limitFds(null)
        }
        expect(String(await connection.reader.read())).toBe('at last')
        await connection[Symbol.asyncDispose]()
      })
      expect(reports).toEqual([
        expect.objectContaining({ exception: expect.objectContaining({ code: 'EMFILE' }) }),
      ])
    },
  )
})

/** How many fds this process may have; `null` for as many as it ever could. */
function limitFds(count: number | null): void {
  const script = `
import resource, sys
pid, count = int(sys.argv[1]), sys.argv[2]
hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
resource.prlimit(pid, resource.RLIMIT_NOFILE, (int(count) if count else hard, hard))`
  execFileSync('python3', ['-c', script, String(process.pid), count === null ? '' : String(count)])
}

/** Sockets until there are no more fds. */
function takeAllFds(): number[] {
  const taken: number[] = []
  for (let fd; (fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0;) taken.push(fd)
  return taken
}

describe('bad arguments', () => {
  it('are refused at the door', () => {
    const start = (...args: any[]) => (startServer as any)(...args)
    expect(() => start(null, place)).toThrow(TypeError)
    expect(() => start(untilEnd)).toThrow(TypeError)
    expect(() => start(untilEnd, { port: '80' })).toThrow(TypeError)
    expect(() => start(untilEnd, { port: 65_536 })).toThrow(RangeError)
    expect(() => start(untilEnd, { port: -1 })).toThrow(RangeError)
    expect(() => start(untilEnd, { host: 1, port: 0 })).toThrow(TypeError)
    expect(() => start(untilEnd, { path: '/x', port: 0 })).toThrow(TypeError)
    expect(() => start(untilEnd, { path: '' })).toThrow(RangeError)
    expect(() => start(untilEnd, place, { backlog: 0 })).toThrow(RangeError)
    expect(() => start(untilEnd, place, { limit: 0 })).toThrow(RangeError)
    expect(() => openConnection({} as any)).toThrow(TypeError)
    expect(() => openConnection(undefined as any)).toThrow(TypeError)
  })

  behaves('that only the kernel can judge are errors of the wait', function* () {
    const long = yield* failureOf(() => openConnection({ path: '/'.repeat(200) }) as never)
    expect(long).toBeInstanceOf(RangeError)
  })
})
