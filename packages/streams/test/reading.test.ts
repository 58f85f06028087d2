import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import { LimitOverrunError, openConnection, startServer, StreamReader } from '@tsyncio/streams'
import { createTask, run, runBlocking, sleep, type Gen } from '@tsyncio/tasks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

/** A reader with something in it. */
function reading(...pieces: (string | null)[]): StreamReader {
  const reader = new StreamReader({ limit: 100 })
  for (const piece of pieces) {
    if (piece === null) reader.feedEof()
    else reader.feedData(Buffer.from(piece))
  }
  return reader
}

expectNoLeaks()

describe('readUntil with several separators', () => {
  behaves('ends with the one that ends first', function* () {
    const reader = reading('one\r\ntwo\nthree;', 'four\r', '\n')
    const separators = ['\r\n', '\n', Buffer.from(';')]
    const pieces: string[] = []
    for (let i = 0; i < 4; i++) pieces.push(String(yield* reader.readUntil(separators)))
    expect(pieces).toEqual(['one\r\n', 'two\n', 'three;', 'four\r\n'])
  })

  behaves('prefers the shortest match, as asyncio does', function* () {
    // The longer one begins first, and the shorter one ends before it.
    expect(String(yield* reading('abcd').readUntil(['abcd', 'bc']))).toBe('abc')
  })

  behaves('counts the limit up to the shorter of two that end together', function* () {
    const bytes = 'x'.repeat(99)
    expect((yield* reading(bytes + '\r\n').readUntil(['\r\n', '\n']))?.length).toBe(101)
    const error = yield* failureOf(reading(bytes + 'xx\r\n').readUntil(['\r\n', '\n']))
    expect(error).toBeInstanceOf(LimitOverrunError)
    expect((error as LimitOverrunError).consumed).toBe(102)
  })

  behaves('keeps what may be the beginning of the longest', function* () {
    const reader = reading('x'.repeat(104))
    const error = (yield* failureOf(reader.readUntil(['\n', '----']))) as LimitOverrunError
    expect(error.consumed).toBe(101)
    expect((yield* reader.readExactly(104)).length).toBe(104)
  })

  it('finds in pieces what would be found in one, for any separators and cuts', () => {
    const separator = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 })
    const separators = fc.array(separator, { minLength: 1, maxLength: 3 })
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 60 })
    fc.assert(
      fc.property(texts, fc.nat(3000), separators, fc.array(fc.nat(4)), (end, pad, all, sizes) => {
        const text = 'c'.repeat(pad) + end
        const ends = all.filter((each) => text.includes(each))
        const first = Math.min(...ends.map((each) => text.indexOf(each) + each.length))
        const found = runBlocking(function* () {
          const reader = new StreamReader()
          const task = createTask(failureOr(reader, all))
          let rest = text
          for (const size of [pad, ...sizes]) {
            reader.feedData(Buffer.from(rest.slice(0, size)))
            rest = rest.slice(size)
            if (size % 2 === 0) yield* sleep(0)
          }
          reader.feedData(Buffer.from(rest))
          reader.feedEof()
          return yield* task
        })
        expect(found).toBe(ends.length === 0 ? undefined : text.slice(0, first))
      }),
      { numRuns: 200 },
    )
  })
})

function* failureOr(reader: StreamReader, separators: string[]): Gen<string | undefined> {
  try {
    return (yield* reader.readUntil(separators))?.toString()
  } catch {
    return undefined
  }
}

describe('peek', () => {
  behaves('gives the first bytes, and leaves them', function* () {
    const reader = reading('ab', 'cd')
    expect(String(yield* reader.peek(3))).toBe('abc')
    expect(String(yield* reader.peek(1))).toBe('a')
    expect(String(yield* reader.peek())).toBe('abcd')
    expect((yield* reader.peek(0))?.length).toBe(0)
    expect(String(yield* reader.readExactly(4))).toBe('abcd')
  })

  behaves('waits for all of them, beyond the limits too', function* () {
    const reader = reading('a')
    const task = createTask(reader.peek(500))
    for (let i = 0; i < 5; i++) {
      yield* sleep(0)
      expect(task.done()).toBe(false)
      reader.feedData(Buffer.alloc(100, 'b'))
    }
    expect((yield* task)?.length).toBe(500)
    expect((yield* reader.readExactly(501)).length).toBe(501)
  })

  behaves('gives fewer at the end, then null', function* () {
    const reader = reading('abc', null)
    expect(String(yield* reader.peek(10))).toBe('abc')
    yield* reader.readExactly(3)
    expect(yield* reader.peek(10)).toBeNull()
    expect(yield* reader.peek()).toBeNull()
  })
})

describe('readInto', () => {
  behaves('moves what there is into the memory, and gives the count', function* () {
    const reader = reading('abc', 'defg')
    const target = Buffer.alloc(5, '.')
    expect(yield* reader.readInto(target)).toBe(5)
    expect(String(target)).toBe('abcde')
    expect(yield* reader.readInto(target)).toBe(2)
    expect(String(target)).toBe('fgcde')
    expect(yield* reader.readInto(new Uint8Array(0))).toBe(0)
    reader.feedEof()
    expect(yield* reader.readInto(target)).toBeNull()
  })

  behaves('writes nothing when it is cancelled', function* () {
    const reader = reading()
    const target = Buffer.alloc(3, '.')
    const task = createTask(reader.readInto(target))
    yield* sleep(0)
    reader.feedData(Buffer.from('abc'))
    task.cancel()
    expect(isCancelled(yield* failureOf(task as never))).toBe(true)
    expect(String(target)).toBe('...')
    expect(String(yield* reader.read(3))).toBe('abc')
  })
})

describe('one read after the other', () => {
  behaves('goes by line, in a generator too', function* () {
    const lines = reading('a\nb', '\nlast', null).readLines()
    const all: string[] = []
    for (let next; !(next = yield* lines.next()).done;) all.push(String(next.value))
    expect(all).toEqual(['a\n', 'b\n', 'last'])
  })

  behaves('goes by chunk', function* () {
    const chunks = reading('abcdef', 'gh', null).readChunks(4)
    const all: string[] = []
    for (let next; !(next = yield* chunks.next()).done;) all.push(String(next.value))
    expect(all).toEqual(['abcd', 'efgh'])
  })

  it('does so in async functions, and leaves the rest after a break', async () => {
    await run(async () => {
      const reader = reading('a\nb\nrest', null)
      for await (const line of reader.readLines()) {
        expect(String(line)).toBe('a\n')
        break
      }
      const rest: string[] = []
      for await (const chunk of reader.readChunks()) rest.push(String(chunk))
      expect(rest).toEqual(['b\nrest'])
    })
  })
})

describe('every read', () => {
  const reads: [string, (reader: StreamReader) => Gen<unknown>][] = [
    ['read', (reader) => failureOf(reader.read(1))],
    ['read to the end', (reader) => failureOf(reader.read())],
    ['readLine', (reader) => failureOf(reader.readLine())],
    ['readUntil', (reader) => failureOf(reader.readUntil([';', '.']))],
    ['readExactly', (reader) => failureOf(reader.readExactly(2))],
    ['peek', (reader) => failureOf(reader.peek(2))],
    ['readInto', (reader) => failureOf(reader.readInto(new Uint8Array(2)))],
    ['readLines', (reader) => failureOf(reader.readLines().next())],
  ]

  for (const [name, read] of reads) {
    behaves(`${name} is refused while another waits, and changes nothing for it`, function* () {
      const reader = reading()
      const task = createTask(reader.readExactly(4))
      yield* sleep(0)
      reader.feedData(Buffer.from('ab'))
      expect(yield* read(reader)).toBeInstanceOf(InvalidStateError)
      reader.feedData(Buffer.from('cd'))
      expect(String(yield* task)).toBe('abcd')
    })

    behaves(`${name} that is cancelled has consumed nothing`, function* () {
      const reader = reading()
      const task = createTask(read(reader))
      yield* sleep(0)
      task.cancel()
      reader.feedData(Buffer.from('ab;\n'))
      const error = (yield* task) as Error
      expect(isCancelled(error)).toBe(true)
      expect(String(yield* reader.read(4))).toBe('ab;\n')
    })
  }
})

describe('the two limits', () => {
  behaves('are apart: short lines, and many of them kept', function* () {
    const total = 2_000_000
    const server = yield* startServer(
      function* (_reader, writer) {
        writer.write(Buffer.alloc(total, 'abc\n'))
        yield* writer.drain()
        writer.close()
      },
      { host: '127.0.0.1', port: 0 },
    )
    const place = { host: '127.0.0.1', port: server.port }
    const options = { limit: 3, bufferLimit: 500_000 }
    const { reader, writer } = yield* openConnection(place, options)
    const transport = writer.transport as unknown as { isReading(): boolean }
    while (transport.isReading()) yield* sleep(1)
    const kept = (yield* reader.peek())?.length as number
    expect(kept).toBeGreaterThan(500_000)
    expect(kept).toBeLessThanOrEqual(500_000 + 262_144)
    // It is resumed at half of it.
    yield* reader.readExactly(kept - 250_004)
    expect(transport.isReading()).toBe(false)
    expect(String(yield* reader.readLine())).toHaveLength(4)
    expect(transport.isReading()).toBe(true)
    const rest = total - kept + 250_000
    expect((yield* reader.readExactly(rest)).length).toBe(rest)
    expect(yield* reader.readLine()).toBeNull()
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })

  behaves('let a line be longer than what may be kept', function* () {
    const line = 'x'.repeat(300_000) + '\n'
    const server = yield* startServer(
      function* (_reader, writer) {
        writer.write(line)
        yield* writer.drain()
        writer.close()
      },
      { host: '127.0.0.1', port: 0 },
    )
    const place = { host: '127.0.0.1', port: server.port }
    const options = { limit: 400_000, bufferLimit: 1000 }
    const { reader, writer } = yield* openConnection(place, options)
    expect((yield* reader.readLine())?.length).toBe(line.length)
    writer.close()
    server.close()
    yield* server.waitClosed()
    yield* writer.waitClosed()
  })
})

describe('bad arguments', () => {
  it('are refused at the door', async () => {
    const reader = reading()
    expect(() => new StreamReader({ bufferLimit: 0 })).toThrow(RangeError)
    expect(() => new StreamReader({ bufferLimit: '1' as any })).toThrow(TypeError)
    expect(() => startServer(() => {}, { port: 0 }, { bufferLimit: -1 })).toThrow(RangeError)
    expect(() => reader.readUntil([])).toThrow(RangeError)
    expect(() => reader.readUntil(['a', ''])).toThrow(RangeError)
    expect(() => reader.readUntil(['a', 1 as any])).toThrow(TypeError)
    expect(() => reader.peek(-1)).toThrow(RangeError)
    expect(() => reader.peek('1' as any)).toThrow(TypeError)
    expect(() => reader.readInto('memory' as any)).toThrow(TypeError)
    expect(() => reader.readInto(new Uint16Array(1) as any)).toThrow(TypeError)
    expect(() => reader.readChunks(0)).toThrow(RangeError)
    expect(() => reader.readChunks(1.5)).toThrow(RangeError)
  })

  it('are refused after the end', () => {
    expect(() => reading(null).feedData(Buffer.from('late'))).toThrow(InvalidStateError)
  })
})
