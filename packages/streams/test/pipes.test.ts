import { close, fcntl, F_GETPIPE_SZ, O_NONBLOCK, pipe2, write } from '@tsyncio/syscalls'
import { openReadPipe, openWritePipe } from '@tsyncio/streams'
import { createTask, run, sleep } from '@tsyncio/tasks'
import { openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { expectNoLeaks } from './no-leaks.js'

function pipe(flags = 0): [number, number] {
  const out = new Int32Array(2)
  pipe2(out, flags)
  return [out[0]!, out[1]!]
}

expectNoLeaks()

describe('a pipe', () => {
  behaves('carries what is written to its reader, and ends with null', function* () {
    const [from, to] = pipe()
    const { reader } = openReadPipe(from)
    const writer = openWritePipe(to)
    writer.write('one\n')
    writer.writeLines(['two\n', Buffer.from('three')])
    yield* writer.drain()
    writer.close()
    expect(String(yield* reader.readLine())).toBe('one\n')
    expect(String(yield* reader.readLine())).toBe('two\n')
    expect(String(yield* reader.readLine())).toBe('three')
    expect(yield* reader.readLine()).toBeNull()
    expect(reader.atEof()).toBe(true)
    yield* writer.waitClosed()
  })

  it('does the same for async functions', async () => {
    await run(async () => {
      const [from, to] = pipe()
      const { reader } = openReadPipe(from)
      const writer = openWritePipe(to)
      writer.write('one\ntwo\n')
      writer.writeEof()
      const lines: string[] = []
      for await (const line of reader) lines.push(String(line))
      expect(lines).toEqual(['one\n', 'two\n'])
      await writer.waitClosed()
    })
  })

  behaves('is made wider by whoever finds it full, and not before', function* () {
    const [from, to] = pipe()
    const size = () => fcntl(to, F_GETPIPE_SZ, 0)
    const usual = size()
    const { reader } = openReadPipe(from)
    write(to, Buffer.alloc(usual), 0, usual)
    yield* reader.readExactly(usual)
    expect(size()).toBe(524_288)
    close(to)
    expect(yield* reader.read()).toBeNull()

    const [unread, busy] = pipe()
    const writer = openWritePipe(busy)
    writer.write(Buffer.alloc(4 * usual))
    expect(fcntl(busy, F_GETPIPE_SZ, 0)).toBe(usual)
    const rest = openReadPipe(unread)
    yield* rest.reader.readExactly(4 * usual)
    yield* writer.drain()
    expect(fcntl(busy, F_GETPIPE_SZ, 0)).toBe(524_288)
    writer.close()
    yield* writer.waitClosed()
    rest.transport.close()
    yield* sleep(0)
  })

  behaves('lets a writer wait while it is full', function* () {
    const [from, to] = pipe()
    const size = fcntl(to, F_GETPIPE_SZ, 0)
    const writer = openWritePipe(to)
    const total = 40 * size
    const writing = createTask(function* () {
      let highest = 0
      for (let sent = 0; sent < total; sent += size) {
        writer.write(Buffer.alloc(size, sent / size))
        highest = Math.max(highest, writer.transport.getWriteBufferSize())
        yield* writer.drain()
      }
      writer.close()
      return highest
    })
    const { reader } = openReadPipe(from)
    const all = (yield* reader.read())!
    expect(all.length).toBe(total)
    for (let i = 0; i < 40; i++) expect(all[i * size + size - 1]).toBe(i)
    expect(yield* writing).toBeLessThanOrEqual(65_536 + size)
    yield* writer.waitClosed()
  })

  behaves('is closed when its reader is gone, even if nothing is written', function* () {
    const [from, to] = pipe()
    const writer = openWritePipe(to)
    close(from)
    yield* writer.waitClosed()
    expect(writer.isClosing()).toBe(true)
  })

  behaves('fails with EPIPE when its reader is gone and something was to be sent', function* () {
    const [from, to] = pipe()
    const writer = openWritePipe(to)
    writer.write(Buffer.alloc(1_000_000))
    close(from)
    let failure: unknown
    try {
      yield* writer.drain()
    } catch (error) {
      failure = error
    }
    expect(failure).toMatchObject({ code: 'EPIPE', syscall: 'write' })
    try {
      yield* writer.waitClosed()
    } catch (error) {
      expect(error).toBe(failure)
    }
    yield* writer[Symbol.asyncDispose]()
  })

  behaves('fails with EPIPE when a write finds the reader gone', function* () {
    const [from, to] = pipe()
    const writer = openWritePipe(to)
    close(from)
    writer.write('too late')
    let failure: unknown
    try {
      yield* writer.drain()
    } catch (error) {
      failure = error
    }
    expect(failure).toMatchObject({ code: 'EPIPE' })
    yield* writer[Symbol.asyncDispose]()
  })

  behaves('can be closed by its reader', function* () {
    const [from, to] = pipe(O_NONBLOCK)
    const { reader, transport } = openReadPipe(from)
    write(to, Buffer.from('x'), 0, 1)
    expect(String(yield* reader.read(10))).toBe('x')
    transport.close()
    expect(yield* reader.read(10)).toBeNull()
    close(to)
  })
})

describe('what is no pipe', () => {
  it('is refused: a file, a closed fd', async () => {
    await run(async () => {
      const file = openSync('/etc/hostname', 'r')
      expect(() => openReadPipe(file)).toThrow(TypeError)
      close(file)
      expect(() => openReadPipe(9999)).toThrow(expect.objectContaining({ code: 'EBADF' }))
    })
  })
})
