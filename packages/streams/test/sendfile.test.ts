import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import {
  openConnection,
  openWritePipe,
  openReadPipe,
  sendFile,
  SendfileNotAvailableError,
  Socket,
  sockRecv,
  sockSendFile,
  StreamWriter,
  type Connection,
  type WriteTransport,
} from '@tsyncio/streams'
import { memoryPair } from '@tsyncio/streams/testing'
import type { TwoWayStream } from '@tsyncio/streams/testing/vitest'
import {
  AF_UNIX,
  close,
  F_GETFL,
  F_SETFL,
  fcntl,
  pipe2,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socketpair,
} from '@tsyncio/syscalls'
import { coroutine, createTask, run, sleep, type Gen } from '@tsyncio/tasks'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'
import { destroyNetSockets, netSockets, startedTls, tls } from './pairs.js'

const O_APPEND = 0o2000
const directory = mkdtempSync(join(tmpdir(), 'sendfile-'))
const path = join(directory, 'file')
const data = randomBytes(3_000_000)
writeFileSync(path, data)
afterAll(() => rmSync(directory, { recursive: true }))

function fdPair(type: number = SOCK_STREAM): [number, number] {
  const out = new Int32Array(2)
  socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, out)
  return [out[0]!, out[1]!]
}

function* connections(): Gen<[Connection, Connection]> {
  const [one, other] = fdPair()
  return [yield* openConnection({ fd: one }), yield* openConnection({ fd: other })]
}

function* end(...all: Connection[]): Gen<void> {
  for (const { writer } of all) writer.close()
  for (const { writer } of all) yield* failureOf(writer.waitClosed())
}

/** Has the kernel refuse to send files to it. */
function refuse(fd: number): void {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_APPEND)
}

const fdOf = ({ writer }: Connection) => (writer.getExtraInfo('socket') as Socket).fileno()

expectNoLeaks()

describe('sendFile', () => {
  behaves('sends a whole file between what is written before and meanwhile', function* () {
    const [a, b] = yield* connections()
    const before = Buffer.alloc(500_000, 'b')
    a.writer.write(before)
    const sending = createTask(sendFile(a.writer, path))
    yield* sleep(0)
    a.writer.write('after')
    a.writer.writeLines([' and', ' again'])
    a.writer.close()
    const all = (yield* b.reader.read()) as Buffer
    expect(yield* sending).toBe(data.length)
    expect(all.subarray(0, before.length).equals(before)).toBe(true)
    expect(all.subarray(before.length, -15).equals(data)).toBe(true)
    expect(String(all.subarray(-15))).toBe('after and again')
    yield* end(a, b)
  })

  behaves('sends a part, and leaves the position of an open file alone', function* () {
    const [a, b] = yield* connections()
    const file = openSync(path, 'r')
    const strictPart = { offset: 1000, count: 5000, fallback: false }
    expect(yield* sendFile(a.writer, file, strictPart)).toBe(5000)
    expect((yield* b.reader.readExactly(5000)).equals(data.subarray(1000, 6000))).toBe(true)
    expect(yield* sendFile(a.writer.transport, file, { offset: data.length - 7 })).toBe(7)
    expect((yield* b.reader.readExactly(7)).equals(data.subarray(-7))).toBe(true)
    expect(yield* sendFile(a.writer, file, { offset: data.length + 5, count: 10 })).toBe(0)
    const first = Buffer.alloc(10)
    readSync(file, first, 0, 10, null)
    expect(first.equals(data.subarray(0, 10))).toBe(true)
    closeSync(file)
    yield* end(a, b)
  })

  behaves('goes beyond 4 GiB', function* () {
    const [a, b] = yield* connections()
    const large = join(directory, 'large')
    const file = openSync(large, 'w+')
    const offset = 5 * 2 ** 30
    ftruncateSync(file, offset)
    writeSync(file, 'the end', offset)
    expect(yield* sendFile(a.writer, file, { offset: offset - 3 })).toBe(10)
    expect(String(yield* b.reader.readExactly(10))).toBe('\0\0\0the end')
    closeSync(file)
    rmSync(large)
    yield* end(a, b)
  })

  behaves('reads and writes where the kernel refuses', function* () {
    const [a, b] = yield* connections()
    refuse(fdOf(a))
    const sending = createTask(sendFile(a.writer, path, { offset: 5 }))
    expect((yield* b.reader.readExactly(data.length - 5)).equals(data.subarray(5))).toBe(true)
    expect(yield* sending).toBe(data.length - 5)
    const strict = { fallback: false }
    const error = yield* failureOf(sendFile(a.writer, path, strict))
    expect(error).toBeInstanceOf(SendfileNotAvailableError)
    expect((error as Error).cause).toMatchObject({ code: 'EINVAL', syscall: 'sendfile' })
    // Nothing is wrong with the connection.
    a.writer.write('still here')
    expect(String(yield* b.reader.readExactly(10))).toBe('still here')
    yield* end(a, b)
  })

  behaves('stops where it is cancelled, and what follows goes on', function* () {
    const [a, b] = yield* connections()
    const sending = createTask(sendFile(a.writer, path))
    yield* sleep(0)
    a.writer.write('\nafter')
    sending.cancel()
    expect(isCancelled(yield* failureOf(sending as never))).toBe(true)
    a.writer.close()
    const all = (yield* b.reader.read()) as Buffer
    expect(all.length).toBeLessThan(data.length)
    expect(all.subarray(0, -6).equals(data.subarray(0, all.length - 6))).toBe(true)
    expect(String(all.subarray(-6))).toBe('\nafter')
    yield* end(a, b)
  })

  behaves('stops at a signal, which cancels nobody', function* () {
    const [a, b] = yield* connections()
    const controller = new AbortController()
    const { signal } = controller
    const sending = createTask(failureOf(sendFile(a.writer, path, { signal })))
    yield* sleep(0)
    const reason = new Error('enough')
    controller.abort(reason)
    expect(yield* sending).toBe(reason)
    expect(() => sendFile(a.writer, path, { signal: 1 as any })).toThrow(TypeError)
    yield* end(b, a)
  })

  behaves('can be cancelled before its turn', function* () {
    const [a, b] = yield* connections()
    const before = Buffer.alloc(1_000_000, 'b')
    a.writer.write(before)
    const sending = createTask(sendFile(a.writer, path))
    yield* sleep(0)
    a.writer.write('after')
    sending.cancel()
    expect(isCancelled(yield* failureOf(sending as never))).toBe(true)
    a.writer.close()
    const all = (yield* b.reader.read()) as Buffer
    expect(all.equals(Buffer.concat([before, Buffer.from('after')]))).toBe(true)
    yield* end(a, b)
  })

  behaves('sends the whole file before it closes', function* () {
    const [a, b] = yield* connections()
    const sending = createTask(sendFile(a.writer, path))
    yield* sleep(0)
    a.writer.close()
    expect((yield* b.reader.read())?.equals(data)).toBe(true)
    expect(yield* sending).toBe(data.length)
    yield* end(a, b)
  })

  behaves('fails when the connection does', function* () {
    for (const leave of ['abort', 'peer'] as const) {
      const [a, b] = yield* connections()
      const sending = createTask(sendFile(a.writer, path))
      yield* sleep(0)
      if (leave === 'abort') a.writer.transport.abort()
      else b.writer.transport.abort()
      const error = (yield* failureOf(sending as never)) as { code: string }
      expect(['ECONNRESET', 'EPIPE']).toContain(error.code)
      const again = yield* failureOf(sendFile(a.writer, path))
      expect(again).toMatchObject({ syscall: 'sendfile' })
      yield* end(a, b)
    }
  })

  behaves('refuses a second file meanwhile', function* () {
    const [a, b] = yield* connections()
    const sending = createTask(sendFile(a.writer, path))
    yield* sleep(0)
    expect(yield* failureOf(sendFile(a.writer, path))).toBeInstanceOf(InvalidStateError)
    expect((yield* b.reader.readExactly(data.length)).equals(data)).toBe(true)
    yield* sending
    yield* end(a, b)
  })

  behaves('lets the protocol pause while a file is sent', function* () {
    const [a, b] = yield* connections()
    const sending = createTask(sendFile(a.writer, path))
    yield* sleep(0)
    a.writer.write(Buffer.alloc(200_000, 'x'))
    const draining = createTask(a.writer.drain())
    yield* sleep(0)
    expect(draining.done()).toBe(false)
    yield* b.reader.readExactly(data.length + 200_000)
    yield* draining
    yield* sending
    yield* end(a, b)
  })

  behaves('writes to pipes', function* () {
    const fds = new Int32Array(2)
    pipe2(fds, 0)
    const { reader } = openReadPipe(fds[0]!)
    const writer = openWritePipe(fds[1]!)
    writer.write('before')
    const sending = createTask(sendFile(writer, path))
    expect((yield* reader.readExactly(data.length + 6)).subarray(6).equals(data)).toBe(true)
    expect(yield* sending).toBe(data.length)
    writer.close()
    yield* writer.waitClosed()
    expect(yield* reader.read()).toBeNull()
  })

  it('takes a FileHandle and a URL, in async functions', async () => {
    await run(async () => {
      const [one, other] = fdPair()
      await using a = await openConnection({ fd: one })
      await using b = await openConnection({ fd: other })
      const file = await open(path)
      expect(await sendFile(a.writer, file, { count: 100 })).toBe(100)
      await file.close()
      expect(await sendFile(a.writer, pathToFileURL(path), { count: 50 })).toBe(50)
      expect((await b.reader.readExactly(150)).subarray(100).equals(data.subarray(0, 50))).toBe(
        true,
      )
    })
  })

  behaves('writes by the writer where the transport has no fd to send to', function* () {
    const [a, b] = yield* connections()
    const { transport } = a.writer
    // As TLS has it: what is written is not what is sent.
    const reversing = {
      isClosing: () => transport.isClosing(),
      write: (bytes: Uint8Array) => transport.write(Buffer.from(bytes).reverse()),
    } as unknown as WriteTransport
    const protocol = (transport as unknown as { getProtocol(): never }).getProtocol()
    const writer = new StreamWriter(reversing, protocol)
    expect(yield* sendFile(writer, path, { count: 1000 })).toBe(1000)
    const received = yield* b.reader.readExactly(1000)
    expect(received.reverse().equals(data.subarray(0, 1000))).toBe(true)
    const error = yield* failureOf(sendFile(writer, path, { fallback: false }))
    expect(error).toBeInstanceOf(SendfileNotAvailableError)
    expect(() => sendFile(reversing, path)).toThrow(TypeError)
    yield* end(a, b)
  })
})

describe('over a transport without an fd of its own, sendFile', () => {
  const kinds: Record<string, TwoWayStream> = {
    'a memory pair': { open: (options) => coroutine(made(() => memoryPair(options))) },
    TLS: tls,
    'TLS that was started later': startedTls,
    'a socket of Node’s': netSockets,
  }

  for (const [name, { open }] of Object.entries(kinds)) {
    it(`reads and writes: ${name}`, async () => {
      await run(async () => {
        const [near, far] = await open({ limit: 10_000 })
        near.writer.write('before ')
        const sending = createTask(() =>
          sendFile(near.writer, path, { offset: 10, count: 500_000 }),
        )
        expect(String(await far.reader.readExactly(7))).toBe('before ')
        const received = await far.reader.readExactly(500_000)
        expect(received.equals(data.subarray(10, 500_010))).toBe(true)
        expect(await sending).toBe(500_000)
        await expect(sendFile(near.writer, path, { fallback: false })).rejects.toBeInstanceOf(
          SendfileNotAvailableError,
        )
        near.writer.write('after')
        expect(String(await far.reader.readExactly(5))).toBe('after')
        for (const { writer } of [near, far]) writer.close()
        for (const { writer } of [near, far]) await writer.waitClosed()
        destroyNetSockets()
      })
    })
  }
})

function* made<T>(make: () => T): Generator<never, T> {
  return make()
}

describe('sockSendFile', () => {
  behaves('sends to a socket of ones own', function* () {
    const [one, other] = fdPair().map((fd) => new Socket(fd)) as [Socket, Socket]
    const sending = createTask(sockSendFile(one, path, { offset: 10 }))
    const parts: Buffer[] = []
    for (let size = 0; size < data.length - 10;) {
      const part = (yield* sockRecv(other, 100_000)) as Buffer
      parts.push(part)
      size += part.length
    }
    expect(yield* sending).toBe(data.length - 10)
    expect(Buffer.concat(parts).equals(data.subarray(10))).toBe(true)
    for (const socket of [one, other]) socket.close()
  })

  behaves('leaves nothing watched when it is cancelled', function* () {
    const [one, other] = fdPair().map((fd) => new Socket(fd)) as [Socket, Socket]
    const sending = createTask(sockSendFile(one, path))
    yield* sleep(0)
    sending.cancel()
    expect(isCancelled(yield* failureOf(sending as never))).toBe(true)
    for (const socket of [one, other]) socket.close()
  })

  behaves('wants a stream', function* () {
    const fds = fdPair(SOCK_DGRAM)
    expect(yield* failureOf(sockSendFile(fds[0], path))).toBeInstanceOf(TypeError)
    for (const fd of fds) close(fd)
    expect(yield* failureOf(sockSendFile(fds[0], path))).toMatchObject({ code: 'EBADF' })
  })
})

describe('bad arguments', () => {
  behaves('are refused at the door', function* () {
    const [a, b] = yield* connections()
    expect(() => sendFile({} as any, path)).toThrow(TypeError)
    expect(() => sendFile(a.writer, null as any)).toThrow(TypeError)
    expect(() => sendFile(a.writer, -1)).toThrow(RangeError)
    expect(() => sendFile(a.writer, path, { offset: -1 })).toThrow(RangeError)
    expect(() => sendFile(a.writer, path, { offset: '0' as any })).toThrow(TypeError)
    expect(() => sendFile(a.writer, path, { count: 0 })).toThrow(RangeError)
    expect(() => sendFile(a.writer, path, { count: 1.5 })).toThrow(RangeError)
    expect(() => sendFile(a.writer, path, { fallback: 1 as any })).toThrow(TypeError)
    expect(() => sockSendFile('1' as any, path)).toThrow(TypeError)
    const missing = yield* failureOf(sendFile(a.writer, join(directory, 'missing')))
    expect(missing).toMatchObject({ code: 'ENOENT' })
    expect(yield* failureOf(sendFile(a.writer, directory))).toMatchObject({ code: 'EISDIR' })
    yield* end(a, b)
  })
})
