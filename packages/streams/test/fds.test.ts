import { isCancelled } from '@tsyncio/loop'
import {
  createConnection,
  FdsLostError,
  openConnection,
  receiveFds,
  sendFds,
  startServer,
  takeFds,
  type Connection,
  type Transport,
} from '@tsyncio/streams'
import {
  AF_UNIX,
  close,
  fcntl,
  FD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  O_NONBLOCK,
  pipe2,
  read,
  sendmsg,
  setsockopt,
  SO_PASSCRED,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
  socketpair,
  write,
} from '@tsyncio/syscalls'
import { createTask, run, sleep, until, type Gen } from '@tsyncio/tasks'
import { execFile } from 'node:child_process'
import { fstatSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks, openFdCount } from './no-leaks.js'

function pair(type = SOCK_STREAM): [number, number] {
  const fds = new Int32Array(2)
  socketpair(AF_UNIX, type, 0, fds)
  return [fds[0]!, fds[1]!]
}

function pipe(): [number, number] {
  const out = new Int32Array(2)
  pipe2(out, 0)
  return [out[0]!, out[1]!]
}

function* connections(maxFds = 8): Gen<[Connection, Connection]> {
  const [mine, yours] = pair()
  return [yield* openConnection({ fd: mine }), yield* openConnection({ fd: yours }, { maxFds })]
}

function* end(...all: Connection[]): Gen<void> {
  for (const { writer } of all) yield* writer[Symbol.asyncDispose]()
}

function closeAll(...fds: number[]): void {
  for (const fd of fds) expect(close(fd)).toBe(0)
}

/** Whether two fds are of one open pipe. */
const isSame = (one: number, other: number) => fstatSync(one).ino === fstatSync(other).ino

expectNoLeaks()

describe('fds over a connection', () => {
  behaves('are new ones for the same open files', function* () {
    const [one, other] = yield* connections()
    const [from, to] = pipe()
    yield* sendFds(one, 'two', [from, to])
    const message = (yield* receiveFds(other, 100, 2))!
    expect(String(message.data)).toBe('two')
    expect(message.truncated).toBe(false)
    const [newFrom, newTo] = message.fds as [number, number]
    expect(fcntl(newFrom, F_GETFD, 0)).toBe(FD_CLOEXEC)
    expect(fcntl(newFrom, F_GETFL, 0) & O_NONBLOCK).toBe(0)
    closeAll(from, to)
    write(newTo, Buffer.from('through'), 0, 7)
    expect(read(newFrom, Buffer.alloc(9), 0, 9)).toBe(7)
    closeAll(newFrom, newTo)
    yield* end(one, other)
  })

  behaves('may be closed by the sender at once, and be asked to be non-blocking', function* () {
    const [one, other] = yield* connections()
    const [from, to] = pipe()
    one.writer.write(Buffer.alloc(3_000_000))
    const sending = createTask(sendFds(one, 'x', [from]))
    yield* sleep(0)
    closeAll(from)
    yield* other.reader.readExactly(3_000_000)
    yield* sending
    const { fds } = (yield* receiveFds(other, 100, 1, { nonBlocking: true }))!
    expect(fcntl(fds[0]!, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
    expect(isSame(fds[0]!, to)).toBe(true)
    closeAll(to, ...fds)
    yield* end(one, other)
  })

  behaves('keep their place among the bytes, and their order', function* () {
    const [one, other] = yield* connections(100)
    const pipes = Array.from({ length: 10 }, pipe)
    const sending = createTask(function* () {
      for (const [i, ends] of pipes.entries()) {
        one.writer.write(Buffer.alloc(i % 3 === 0 ? 400_000 : 10, '.'))
        yield* sendFds(one, `${i}\n`, i % 2 === 0 ? ends : [ends[1]])
      }
      one.writer.writeEof()
    })
    for (const [i, ends] of pipes.entries()) {
      expect(String(yield* other.reader.readExactly(i % 3 === 0 ? 400_000 : 10))).toMatch(/^\.+$/)
      expect(String(yield* other.reader.readLine())).toBe(`${i}\n`)
      const fds = takeFds(other, i % 2 === 0 ? 2 : 1)
      expect(fds.map((fd) => isSame(fd, ends[0]))).toEqual(i % 2 === 0 ? [true, true] : [true])
      closeAll(...fds, ...ends)
    }
    yield* sending
    expect(takeFds(other)).toEqual([])
    expect(yield* receiveFds(other, 10, 10)).toBeNull()
    yield* end(one, other)
  })

  behaves('come beside what the system says of their sender', function* () {
    const [mine, yours] = pair()
    setsockopt(yours, SOL_SOCKET, SO_PASSCRED, 1)
    const one = yield* openConnection({ fd: mine })
    const other = yield* openConnection({ fd: yours }, { maxFds: 1 })
    one.writer.write('plain')
    expect(String(yield* other.reader.readExactly(5))).toBe('plain')
    const ends = pipe()
    yield* sendFds(one, 'x', [ends[0]])
    const { fds } = (yield* receiveFds(other, 1, 1))!
    expect(isSame(fds[0]!, ends[0])).toBe(true)
    closeAll(...ends, ...fds)
    yield* end(one, other)
  })

  behaves('are kept for the next to ask', function* () {
    const [one, other] = yield* connections()
    const ends = pipe()
    yield* sendFds(one, 'ab', ends)
    const first = (yield* receiveFds(other, 1, 1))!
    const second = (yield* receiveFds(other, 1, 8))!
    expect([first, second].map(({ data, fds }) => `${String(data)} ${fds.length}`)).toEqual([
      'a 1',
      'b 1',
    ])
    closeAll(...ends, ...first.fds, ...second.fds)
    yield* end(one, other)
  })

  behaves('that are too many end it, and are not left open', function* () {
    // In one message, and in two of them.
    for (const maxFds of [1, 3]) {
      const [one, other] = yield* connections(maxFds)
      const ends = pipe()
      for (let sent = 0; sent <= maxFds; sent += 2) yield* sendFds(one, 'x', ends)
      while (other.reader.exception() === undefined) yield* sleep(1)
      const lost = yield* failureOf(function* () {
        for (;;) yield* receiveFds(other, 100, 0)
      })
      expect(lost).toBeInstanceOf(FdsLostError)
      expect(lost).toMatchObject({ code: 'ERR_TSYNCIO_FDS_LOST', maxFds })
      closeAll(...ends)
      yield* end(one, other)
    }
  })

  behaves('go with it: those on their way, those not taken, those not sent', function* () {
    const [one, other] = yield* connections()
    const ends = pipe()
    yield* sendFds(one, 'not taken', ends)
    yield* other.reader.readExactly(9)
    ;(other.writer.transport as Transport).pauseReading()
    one.writer.write(Buffer.alloc(3_000_000))
    const sending = createTask(sendFds(one, 'not sent', ends))
    yield* sleep(2)
    expect(sending.done()).toBe(false)
    one.writer.transport.abort()
    expect(yield* failureOf(() => sending)).toMatchObject({ code: 'ECONNRESET' })
    expect(yield* failureOf(() => sendFds(one, 'x', ends))).toMatchObject({ code: 'ECONNRESET' })
    closeAll(...ends)
    yield* end(other)
  })

  behaves('are taken by nobody whose wait was cancelled', function* () {
    const [one, other] = yield* connections()
    const ends = pipe()
    const receiving = createTask(receiveFds(other, 10, 2))
    yield* sleep(1)
    yield* sendFds(one, 'x', ends)
    receiving.cancel()
    expect(isCancelled(yield* failureOf(() => receiving))).toBe(true)
    const { data, fds } = (yield* receiveFds(other, 10, 2))!
    expect(String(data)).toBe('x')
    expect(fds).toHaveLength(2)
    closeAll(...ends, ...fds)
    yield* end(one, other)
  })

  behaves('are the kernel’s to close when nobody asked for any', function* () {
    const [mine, yours] = pair()
    const one = yield* openConnection({ fd: mine })
    const other = yield* openConnection({ fd: yours })
    const ends = pipe()
    yield* sendFds(one, 'x', ends)
    expect((yield* receiveFds(other, 1, 2))!.fds).toEqual([])
    closeAll(...ends)
    yield* end(one, other)
  })

  behaves('work from a client to a server and back', function* () {
    const place = { path: `\0tsyncio-fds-${process.pid}` }
    const server = yield* startServer(
      function* (reader, writer) {
        const { data, fds } = (yield* receiveFds({ reader, writer }, 100, 1))!
        yield* sendFds({ reader, writer }, `back: ${String(data)}`, fds)
        closeAll(...fds)
        writer.close()
      },
      place,
      { maxFds: 1 },
    )
    const client = yield* openConnection(place, { maxFds: 1 })
    const ends = pipe()
    yield* sendFds(client, 'there', [ends[0]])
    const { data, fds } = (yield* receiveFds(client, 100, 1))!
    expect(String(data)).toBe('back: there')
    expect(isSame(fds[0]!, ends[0])).toBe(true)
    closeAll(...ends, ...fds)
    yield* end(client)
    yield* server[Symbol.asyncDispose]()
  })

  behaves('cannot go over TCP', function* () {
    const host = '127.0.0.1'
    const server = yield* startServer((_reader, writer) => writer.close(), { host, port: 0 })
    const client = yield* openConnection({ host, port: server.port })
    expect(yield* failureOf(() => sendFds(client, 'x', [0]))).toBeInstanceOf(TypeError)
    yield* end(client)
    yield* server[Symbol.asyncDispose]()
  })
})

describe('fds over a socket of one’s own', () => {
  behaves('are waited for, and end with null', function* () {
    const [mine, yours] = pair()
    const receiving = createTask(receiveFds(yours, 10, 5))
    yield* sleep(1)
    const ends = pipe()
    yield* sendFds(mine, 'hello', ends)
    const { data, fds, truncated } = (yield* receiving)!
    expect([String(data), fds.length, truncated]).toEqual(['hello', 2, false])
    expect(fcntl(fds[0]!, F_GETFD, 0)).toBe(FD_CLOEXEC)
    closeAll(mine)
    expect(yield* receiveFds(yours, 10, 5)).toBeNull()
    closeAll(yours, ...ends, ...fds)
  })

  behaves('that find no room are closed, and missed', function* () {
    const [mine, yours] = pair()
    for (const room of [0, 1]) {
      yield* sendFds(mine, 'x', [mine, mine, mine])
      const before = openFdCount()
      const { fds, truncated } = (yield* receiveFds(yours, 10, room))!
      expect([fds.length, truncated]).toEqual([room, true])
      expect(openFdCount()).toBe(before + room)
      closeAll(...fds)
    }
    closeAll(mine, yours)
  })

  behaves('are not taken by a wait that is cancelled', function* () {
    const [mine, yours] = pair()
    const receiving = createTask(receiveFds(yours, 10, 1))
    yield* sleep(1)
    yield* sendFds(mine, 'x', [mine])
    receiving.cancel()
    expect(isCancelled(yield* failureOf(() => receiving))).toBe(true)
    const { fds } = (yield* receiveFds(yours, 10, 1))!
    closeAll(mine, yours, ...fds)
  })

  behaves('wait while there is no room, and can be given up', function* () {
    const [mine, yours] = pair()
    const big = Buffer.alloc(3_000_000)
    const sending = createTask(sendFds(mine, big, [mine]))
    let received = 0
    while (received < big.length) {
      const { data, fds } = (yield* receiveFds(yours, 1_000_000, 1))!
      received += data.length
      closeAll(...fds)
    }
    yield* sending
    const other = createTask(sendFds(mine, big, [mine]))
    yield* sleep(1)
    expect(other.done()).toBe(false)
    other.cancel()
    expect(isCancelled(yield* failureOf(() => other))).toBe(true)
    closeAll(mine, yours)
  })

  behaves('come with whole messages, which may be empty if they are datagrams', function* () {
    for (const type of [SOCK_DGRAM, SOCK_SEQPACKET]) {
      const [mine, yours] = pair(type)
      yield* sendFds(mine, 'one', [mine])
      yield* sendFds(mine, 'two', [])
      const one = (yield* receiveFds(yours, 100, 1))!
      const two = (yield* receiveFds(yours, 100, 1))!
      expect([String(one.data), String(two.data)]).toEqual(['one', 'two'])
      expect([one.fds.length, two.fds.length]).toEqual([1, 0])
      closeAll(...one.fds)
      sendmsg(mine, [], 0)
      if (type === SOCK_DGRAM)
        expect((yield* receiveFds(yours, 100, 1))?.data).toEqual(Buffer.alloc(0))
      closeAll(mine, yours)
    }
  })

  behaves('fail as the kernel says', function* () {
    const [mine, yours] = pair()
    expect(yield* failureOf(() => sendFds(mine, 'x', [9999]))).toMatchObject({ code: 'EBADF' })
    closeAll(yours)
    expect(yield* failureOf(() => sendFds(mine, 'x', [mine]))).toMatchObject({ code: 'EPIPE' })
    closeAll(mine)
    expect(yield* failureOf(() => receiveFds(mine, 1, 1))).toMatchObject({ code: 'EBADF' })
    const [from, to] = pipe()
    expect(yield* failureOf(() => receiveFds(from, 1, 1))).toMatchObject({ code: 'ENOTSOCK' })
    closeAll(from, to)
  })

  behaves('are not for sockets that a connection uses', function* () {
    const [one, other] = yield* connections()
    const fd = (one.writer.getExtraInfo('socket') as { fileno(): number }).fileno()
    expect(String(yield* failureOf(() => receiveFds(fd, 1, 1)))).toContain('is used by')
    expect(String(yield* failureOf(() => sendFds(fd, 'x', [])))).toContain('is used by')
    expect(yield* failureOf(() => sendFds(one, 'x', [9999]))).toMatchObject({ code: 'EBADF' })
    one.writer.write('still well\n')
    expect(String(yield* other.reader.readLine())).toBe('still well\n')
    yield* end(one, other)
  })
})

describe('python3', () => {
  const script = `
import os, socket, sys

client = socket.socket(socket.AF_UNIX)
client.connect("\\0tsyncio-python-fds")
data, fds, flags, _ = socket.recv_fds(client, 100, 5)
os.write(fds[0], b"written by python")
reading, writing = os.pipe()
socket.send_fds(client, [data.upper(), b"!\\n"], [reading])
os.write(writing, b"a pipe of python's")
print(len(fds), flags & socket.MSG_CTRUNC)
`

  it('sends fds and receives them', async () => {
    const ends = pipe()
    const received = Buffer.alloc(100)
    await run(async () => {
      await using server = await startServer(
        async (reader, writer) => {
          await sendFds({ reader, writer }, 'hello', [ends[1]])
          const line = await reader.readLine()
          expect(String(line)).toBe('HELLO!\n')
          const [fd = -1] = takeFds({ reader, writer })
          const count = read(fd, received, 0, 100)
          expect(received.toString('utf8', 0, count)).toBe("a pipe of python's")
          closeAll(fd)
          writer.close()
        },
        { path: '\0tsyncio-python-fds' },
        { maxFds: 1 },
      )
      const { stdout } = await until(promisify(execFile)('python3', ['-c', script]))
      expect(stdout).toBe('1 0\n')
      await server.shutdown()
    })
    expect(read(ends[0], received, 0, 100)).toBe('written by python'.length)
    closeAll(...ends)
  })
})

describe('bad arguments', () => {
  it('are refused at the door', () => {
    const send = sendFds as (...args: unknown[]) => unknown
    const receive = receiveFds as (...args: unknown[]) => unknown
    expect(() => send(3, '', [])).toThrow(RangeError)
    expect(() => send(3, 5, [])).toThrow(TypeError)
    expect(() => send(3, 'x')).toThrow(TypeError)
    expect(() => send(3, 'x', ['4'])).toThrow(TypeError)
    expect(() => send(3, 'x', [-1])).toThrow(RangeError)
    expect(() => send(3, 'x', new Array(254).fill(0))).toThrow(RangeError)
    expect(() => send(-1, 'x', [])).toThrow(RangeError)
    expect(() => send({}, 'x', [])).toThrow(TypeError)
    expect(() => send(null, 'x', [])).toThrow(TypeError)
    expect(() => receive(3, 0, 1)).toThrow(RangeError)
    expect(() => receive(3, 1, 254)).toThrow(RangeError)
    expect(() => receive(3, 1)).toThrow(TypeError)
    expect(() => receive(1.5, 1, 1)).toThrow(RangeError)
    expect(() => receive({ reader: {}, writer: {} }, 1, 1)).toThrow(TypeError)
    expect(() => takeFds(7 as never)).toThrow(TypeError)
    expect(() => openConnection({ fd: 3 }, { maxFds: -1 })).toThrow(RangeError)
    expect(() => createConnection(() => ({}), { path: '/x' }, { maxFds: '1' as never })).toThrow(
      TypeError,
    )
    expect(() => startServer(() => {}, { port: 0 }, { maxFds: 0.5 })).toThrow(RangeError)
  })
})
