import { InvalidStateError } from '@tsyncio/loop'
import { createTask, sleep } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { IncompleteReadError } from '../reading/incomplete-read-error.js'
import { LimitOverrunError } from '../reading/limit-overrun-error.js'
import { failures } from './failure-of.js'
import { behaves, type StreamDrive } from './stream-drive.js'
import type { OpenWay } from './way.js'

/** The kinds of reads, at the borders of what they want and of what has come. */
export function describeReading(drive: StreamDrive, open: OpenWay): void {
  const { body, wait } = drive.spelling
  const failureOf = failures(drive.spelling)

  describe('reading', () => {
    behaves(drive, 'gives lines however they come, the last without a newline', function* () {
      const { writer, reader } = yield* open()
      for (const piece of ['o', 'ne\ntw', 'o\n', '\n', 'la', 'st']) {
        writer.write(piece)
        yield* wait(sleep(0))
      }
      writer.close()
      const lines: unknown[] = []
      for (let line; (line = yield* wait(reader.readLine())) !== null;) lines.push(String(line))
      expect(lines).toEqual(['one\n', 'two\n', '\n', 'last'])
      expect(reader.atEof()).toBe(true)
      expect(yield* wait(reader.readLine())).toBeNull()
      expect(yield* wait(reader.read(1))).toBeNull()
      expect(yield* wait(reader.read())).toBeNull()
    })

    behaves(drive, 'gives what lies before a separator that comes in two pieces', function* () {
      const { writer, reader } = yield* open()
      const reading = createTask(() => reader.readUntil('\r\n\r\n'))
      for (const piece of ['head\r', '\n', '\r', '\nbody']) {
        writer.write(piece)
        for (let i = 0; i < 3; i++) yield* wait(sleep(0))
      }
      expect(String(yield* wait(reading))).toBe('head\r\n\r\n')
      writer.close()
      const error = yield* failureOf(reader.readUntil('\r\n'))
      expect(error).toBeInstanceOf(IncompleteReadError)
      expect(String((error as IncompleteReadError).partial)).toBe('body')
      expect(yield* wait(reader.readUntil('\r\n'))).toBeNull()
    })

    behaves(drive, 'gives exactly so many bytes, and says what there was at the end', function* () {
      const { writer, reader } = yield* open()
      writer.write('abcde')
      expect(String(yield* wait(reader.readExactly(2)))).toBe('ab')
      expect((yield* wait(reader.readExactly(0))).length).toBe(0)
      const rest = createTask(() => reader.readExactly(5))
      yield* wait(sleep(0))
      writer.write('f')
      writer.close()
      const error = yield* failureOf(rest)
      expect(error).toMatchObject({ name: 'IncompleteReadError', expected: 5 })
      expect(String((error as IncompleteReadError).partial)).toBe('cdef')
    })

    behaves(drive, 'gives at most so many bytes, and never none before the end', function* () {
      const { writer, reader } = yield* open()
      writer.write('abc')
      expect(String(yield* wait(reader.read(2)))).toBe('ab')
      expect(String(yield* wait(reader.read(2)))).toBe('c')
      expect((yield* wait(reader.read(0)))?.length).toBe(0)
      const waiting = createTask(() => reader.read(10))
      yield* wait(sleep(0))
      expect(waiting.done()).toBe(false)
      writer.write('d')
      expect(String(yield* wait(waiting))).toBe('d')
      yield* wait(writer[Symbol.asyncDispose]())
    })

    behaves(drive, 'refuses a line above the limit, and leaves it there', function* () {
      const { writer, reader } = yield* open({ limit: 10 })
      writer.write('0123456789ab\nshort\n')
      writer.close()
      expect(yield* failureOf(reader.readLine())).toBeInstanceOf(LimitOverrunError)
      expect(String(yield* wait(reader.readExactly(13)))).toBe('0123456789ab\n')
      expect(String(yield* wait(reader.readLine()))).toBe('short\n')
      expect(yield* wait(reader.readLine())).toBeNull()
    })

    behaves(drive, 'takes more than the limit if exactly that is asked for', function* () {
      const { writer, reader } = yield* open({ limit: 10 })
      writer.write(Buffer.alloc(300_000, 'x'))
      expect((yield* wait(reader.readExactly(300_000))).length).toBe(300_000)
      yield* wait(writer[Symbol.asyncDispose]())
    })

    for (const kind of ['readLine', 'readUntil', 'readExactly', 'read'] as const) {
      behaves(drive, `consumes nothing when ${kind} is cancelled`, function* () {
        const { writer, reader } = yield* open()
        const count = kind === 'readExactly' ? 100 : undefined
        for (let i = 0; i < 3; i++) {
          const reading = createTask(() => reader[kind](count as never))
          yield* wait(sleep(0))
          writer.write(`${i}`)
          yield* wait(sleep(0))
          reading.cancel()
          expect(yield* failureOf(reading)).toMatchObject({ name: 'CancelledError' })
        }
        writer.write('\n')
        expect(String(yield* wait(reader.readExactly(4)))).toBe('012\n')
        writer.close()
        expect(yield* wait(reader.read())).toBeNull()
      })
    }

    behaves(drive, 'twice at once is an error of the second, not of the first', function* () {
      const { writer, reader } = yield* open()
      const first = createTask(body(() => wait(reader.readLine())))
      yield* wait(sleep(0))
      expect(yield* failureOf(reader.readLine())).toBeInstanceOf(InvalidStateError)
      expect(yield* failureOf(reader.readExactly(1))).toBeInstanceOf(InvalidStateError)
      writer.write('for the first\n')
      expect(String(yield* wait(first))).toBe('for the first\n')
      yield* wait(writer[Symbol.asyncDispose]())
    })
  })
}
