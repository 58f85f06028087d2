import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import { IncompleteReadError, LimitOverrunError, StreamReader } from '@tsyncio/streams'
import {
  createTask,
  run,
  runBlocking,
  sleep,
  timeout,
  TimeoutError,
  type Gen,
} from '@tsyncio/tasks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { behaves } from './driven.js'

/** A reader with something in it. */
function reading(...pieces: (string | null)[]): StreamReader {
  const reader = new StreamReader({ limit: 100 })
  for (const piece of pieces) {
    if (piece === null) reader.feedEof()
    else reader.feedData(Buffer.from(piece))
  }
  return reader
}

function* failureOf(body: () => Gen<unknown>): Gen<unknown> {
  try {
    yield* body()
  } catch (error) {
    return error
  }
  return undefined
}

describe('read', () => {
  behaves('gives what there is, up to the count', function* () {
    const reader = reading('abc', 'def')
    expect(String(yield* reader.read(2))).toBe('ab')
    expect(String(yield* reader.read(100))).toBe('cdef')
  })

  behaves('waits for one byte at least, and gives null at the end', function* () {
    const reader = reading()
    const task = createTask(reader.read(10))
    yield* sleep(0)
    expect(task.done()).toBe(false)
    reader.feedData(Buffer.from('x'))
    expect(String(yield* task)).toBe('x')
    reader.feedEof()
    expect(yield* reader.read(10)).toBeNull()
    expect(yield* reader.read(10)).toBeNull()
  })

  behaves('gives everything up to the end without a count, however much that is', function* () {
    const reader = reading('a'.repeat(1000))
    const task = createTask(reader.read())
    yield* sleep(0)
    reader.feedData(Buffer.from('b'))
    yield* sleep(0)
    expect(task.done()).toBe(false)
    reader.feedEof()
    expect(String(yield* task)).toBe('a'.repeat(1000) + 'b')
    expect(yield* reader.read()).toBeNull()
  })

  behaves('gives nothing at once when asked for 0 bytes', function* () {
    expect((yield* reading().read(0))?.length).toBe(0)
  })

  it('does not suspend for data that is there', () => {
    const order: string[] = []
    runBlocking(function* () {
      const reader = reading('ab')
      const other = createTask(function* () {
        order.push('other')
      })
      yield* reader.read(1)
      yield* reader.readExactly(1)
      order.push('read')
      yield* other
    })
    expect(order).toEqual(['read', 'other'])
  })
})

describe('readExactly', () => {
  behaves('waits until there is enough, beyond the limit too', function* () {
    const reader = reading('x'.repeat(150))
    const task = createTask(reader.readExactly(500))
    for (let i = 0; i < 4; i++) {
      yield* sleep(0)
      expect(task.done()).toBe(false)
      reader.feedData(Buffer.alloc(100, 'y'))
    }
    expect((yield* task).length).toBe(500)
    expect((yield* reader.read(100))?.length).toBe(50)
  })

  behaves('says what there was when the stream ends before', function* () {
    const reader = reading('abc', null)
    const error = yield* failureOf(() => reader.readExactly(5) as never)
    expect(error).toBeInstanceOf(IncompleteReadError)
    expect(error).toMatchObject({ expected: 5, partial: Buffer.from('abc') })
    expect(reader.atEof()).toBe(true)
  })

  behaves('gives 0 bytes at the end', function* () {
    expect((yield* reading(null).readExactly(0)).length).toBe(0)
  })
})

describe('readUntil', () => {
  behaves('includes the separator, however it was cut', function* () {
    const reader = reading('one', '-', '-', 'two-', '-three--')
    expect(String(yield* reader.readUntil('--'))).toBe('one--')
    expect(String(yield* reader.readUntil(Buffer.from('--')))).toBe('two--')
    expect(String(yield* reader.readUntil('--'))).toBe('three--')
    reader.feedEof()
    expect(yield* reader.readUntil('--')).toBeNull()
  })

  behaves('throws what there was when the stream ends without one', function* () {
    const reader = reading('half', null)
    const error = yield* failureOf(() => reader.readUntil(';') as never)
    expect(error).toMatchObject({ name: 'IncompleteReadError', expected: null })
    expect(String((error as IncompleteReadError).partial)).toBe('half')
    expect(yield* reader.readUntil(';')).toBeNull()
  })

  behaves('leaves what is over the limit in the stream', function* () {
    const reader = reading('x'.repeat(101))
    const error = yield* failureOf(() => reader.readUntil(';') as never)
    expect(error).toBeInstanceOf(LimitOverrunError)
    expect((error as LimitOverrunError).consumed).toBe(101)
    reader.feedData(Buffer.from(';rest;'))
    const again = yield* failureOf(() => reader.readUntil(';') as never)
    expect((again as LimitOverrunError).consumed).toBe(101)
    expect((yield* reader.readExactly(101)).length).toBe(101)
    expect(String(yield* reader.readUntil(';'))).toBe(';')
    expect(String(yield* reader.readUntil(';'))).toBe('rest;')
  })

  behaves('counts the bytes before the separator', function* () {
    const reader = reading('x'.repeat(100) + ';')
    expect((yield* reader.readUntil(';'))?.length).toBe(101)
  })

  it('finds in pieces what would be found in one, for any cuts', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 })
    const separators = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(texts, separators, fc.array(fc.nat(4)), (text, separator, sizes) => {
        const whole = text.indexOf(separator)
        const found = runBlocking(function* () {
          const reader = new StreamReader()
          const task = createTask(function* () {
            try {
              return String(yield* reader.readUntil(separator))
            } catch {
              return undefined
            }
          })
          let rest = text
          for (const size of sizes) {
            reader.feedData(Buffer.from(rest.slice(0, size)))
            rest = rest.slice(size)
            if (size % 2 === 0) yield* sleep(0)
          }
          reader.feedData(Buffer.from(rest))
          reader.feedEof()
          return yield* task
        })
        const expected =
          text === '' ? 'null' : whole < 0 ? undefined : text.slice(0, whole + separator.length)
        expect(found).toBe(expected)
      }),
      { numRuns: 150 },
    )
  })
})

describe('readLine', () => {
  behaves('gives lines with their newline, the last one as it is', function* () {
    const reader = reading('a\nb', 'c\n\nlast', null)
    const lines: string[] = []
    for (let line; (line = yield* reader.readLine()) !== null;) lines.push(String(line))
    expect(lines).toEqual(['a\n', 'bc\n', '\n', 'last'])
  })

  behaves('refuses a line over the limit, and loses nothing', function* () {
    const reader = reading('x'.repeat(200) + '\n', 'next\n')
    const error = yield* failureOf(() => reader.readLine() as never)
    expect((error as LimitOverrunError).consumed).toBe(200)
    yield* reader.readExactly(201)
    expect(String(yield* reader.readLine())).toBe('next\n')
  })

  it('iterates, until a break too', async () => {
    await run(async () => {
      const reader = reading('a\nb\nc\n', null)
      for await (const line of reader) {
        expect(String(line)).toBe('a\n')
        break
      }
      const rest: string[] = []
      for await (const line of reader) rest.push(String(line))
      expect(rest).toEqual(['b\n', 'c\n'])
    })
  })
})

describe('a read that is cancelled', () => {
  behaves('has consumed nothing, though data had come', function* () {
    const reader = reading()
    const task = createTask(reader.readExactly(3))
    yield* sleep(0)
    reader.feedData(Buffer.from('abc'))
    task.cancel()
    const error = yield* failureOf(() => task as never)
    expect(isCancelled(error)).toBe(true)
    expect(String(yield* reader.read(10))).toBe('abc')
  })

  behaves('leaves its place to the next', function* () {
    const reader = reading('par')
    const error = yield* failureOf(() => timeout(1, () => reader.readUntil(';')) as never)
    expect(error).toBeInstanceOf(TimeoutError)
    const task = createTask(reader.readUntil(';'))
    yield* sleep(0)
    reader.feedData(Buffer.from('tial;'))
    expect(String(yield* task)).toBe('partial;')
  })

  it('does both in async functions', async () => {
    await run(async () => {
      const reader = reading('par')
      await expect(timeout(1, async () => reader.readLine())).rejects.toBeInstanceOf(TimeoutError)
      reader.feedData(Buffer.from('tial\n'))
      expect(String(await reader.readLine())).toBe('partial\n')
    })
  })
})

describe('two reads', () => {
  behaves('cannot wait at once', function* () {
    const reader = reading()
    const task = createTask(reader.read(1))
    yield* sleep(0)
    const error = yield* failureOf(() => reader.readLine() as never)
    expect(error).toBeInstanceOf(InvalidStateError)
    reader.feedData(Buffer.from('x'))
    expect(String(yield* task)).toBe('x')
  })
})

describe('a stream that failed', () => {
  behaves('gives what had come, then its failure again and again', function* () {
    const reader = reading('left')
    const failure = new Error('broken')
    reader.setException(failure)
    expect(String(yield* reader.read(10))).toBe('left')
    expect(yield* failureOf(() => reader.read(1) as never)).toBe(failure)
    expect(yield* failureOf(() => reader.readLine() as never)).toBe(failure)
    expect(reader.exception()).toBe(failure)
  })

  behaves('wakes who waits', function* () {
    const reader = reading()
    const task = createTask(reader.readLine())
    yield* sleep(0)
    const failure = new Error('broken')
    reader.setException(failure)
    expect(yield* failureOf(() => task as never)).toBe(failure)
  })
})

describe('bad arguments', () => {
  it('are refused at the door', () => {
    const reader = reading()
    expect(() => new StreamReader({ limit: 0 })).toThrow(RangeError)
    expect(() => new StreamReader({ limit: NaN })).toThrow(RangeError)
    expect(() => new StreamReader({ limit: '1' as any })).toThrow(TypeError)
    expect(() => reader.read(-1)).toThrow(RangeError)
    expect(() => reader.read(1.5)).toThrow(RangeError)
    expect(() => reader.read('1' as any)).toThrow(TypeError)
    expect(() => reader.readExactly(-1)).toThrow(RangeError)
    expect(() => reader.readExactly(undefined as any)).toThrow(TypeError)
    expect(() => reader.readUntil('')).toThrow(RangeError)
    expect(() => reader.readUntil(10 as any)).toThrow(TypeError)
    expect(() => reader.feedData('text' as any)).toThrow(TypeError)
  })
})

describe('putBack', () => {
  behaves('puts before everything else what was taken', function* () {
    const reader = reading('abc', 'def\n')
    expect(String(yield* reader.read(2))).toBe('ab')
    reader.putBack(Buffer.from('AB'))
    reader.putBack(Buffer.alloc(0))
    reader.putBack(new Uint8Array(Buffer.from('_')))
    expect(String(yield* reader.readLine())).toBe('_ABcdef\n')
  })

  behaves('goes on to be read after the end', function* () {
    const reader = reading('abc', null)
    const all = yield* reader.read()
    expect(reader.atEof()).toBe(true)
    reader.putBack(all!)
    expect(reader.atEof()).toBe(false)
    expect(String(yield* reader.read())).toBe('abc')
    expect(yield* reader.read()).toBe(null)
  })

  behaves('wakes whoever waits', function* () {
    const reader = reading()
    const task = createTask(reader.readExactly(3))
    yield* sleep(0)
    reader.putBack(Buffer.from('abc'))
    expect(String(yield* task)).toBe('abc')
  })

  behaves('takes nothing but bytes', function* () {
    expect(() => reading().putBack('text' as never)).toThrow(TypeError)
    yield* sleep(0)
  })
})
