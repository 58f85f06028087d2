import { createTask, gather, sleep } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { failures } from './failure-of.js'
import { ProtocolLog } from './protocol-log.js'
import { behaves, type StreamDrive } from './stream-drive.js'
import type { OpenWay, Way } from './way.js'

const chunk = 50_000
/** More than any kernel keeps for one connection. */
const most = 200_000_000
/** How often in a row the writer must find no progress until it is one that is stopped. */
const still = 100

/** A slow reader stops the writer, and nothing is kept without bound. */
export function describeFlow(drive: StreamDrive, open: OpenWay): void {
  const { body, wait } = drive.spelling
  const failureOf = failures(drive.spelling)

  /** Writes until nothing moves any more; gives how much that was. */
  function* fill({ writer }: Way): Generator<unknown, number, unknown> {
    const { transport } = writer
    const { high } = transport.getWriteBufferLimits()
    let written = 0
    for (let quiet = 0; quiet < still;) {
      const before = transport.getWriteBufferSize()
      if (before <= high) {
        writer.write(Buffer.alloc(chunk, 1))
        written += chunk
      }
      yield* wait(sleep(0))
      quiet = before > high && transport.getWriteBufferSize() === before ? quiet + 1 : 0
      if (written > most) throw new Error(`The writer was not stopped after ${written} bytes.`)
    }
    return written
  }

  describe('flow', () => {
    behaves(drive, 'stops a writer whose reader is slow, within the water marks', function* () {
      const way = yield* open({ limit: 1000 })
      const { writer, reader } = way
      writer.transport.setWriteBufferLimits({ high: 30_000, low: 10_000 })
      const written = yield* fill(way)
      expect(writer.transport.getWriteBufferSize()).toBeGreaterThan(30_000)
      expect(writer.transport.getWriteBufferSize()).toBeLessThanOrEqual(30_000 + chunk)
      const drains = [1, 2, 3].map(() => createTask(() => writer.drain()))
      yield* wait(sleep(0))
      expect(drains.map((drain) => drain.done())).toEqual([false, false, false])
      yield* wait(reader.readExactly(written))
      yield* wait(gather(drains))
      expect(writer.transport.getWriteBufferSize()).toBe(0)
      yield* wait(writer[Symbol.asyncDispose]())
    })

    behaves(drive, 'is told in pairs: pause above the high mark, resume at the low', function* () {
      const way = yield* open({ limit: 1000 })
      yield* wait(sleep(0))
      const { writer, reader } = way
      const { calls } = new ProtocolLog(writer.transport)
      for (let i = 0; i < 3; i++) {
        const before = calls.length
        const written = yield* fill(way)
        // Until nothing moves, one turn may take enough for the writer to go on in between.
        expect(calls.length).toBeGreaterThan(before)
        expect(calls.at(-1)).toBe('pause')
        yield* wait(reader.readExactly(written))
        yield* wait(writer.drain())
        expect(calls.at(-1)).toBe('resume')
        expect(calls).toEqual(calls.map((_, at) => (at % 2 === 0 ? 'pause' : 'resume')))
      }
      yield* wait(writer[Symbol.asyncDispose]())
    })

    behaves(drive, 'lets a drain be cancelled, which changes nothing', function* () {
      const way = yield* open({ limit: 1000 })
      const { writer, reader } = way
      const written = yield* fill(way)
      const drain = createTask(() => writer.drain())
      const other = createTask(() => writer.drain())
      yield* wait(sleep(0))
      drain.cancel()
      expect(yield* failureOf(drain)).toMatchObject({ name: 'CancelledError' })
      expect(other.done()).toBe(false)
      yield* wait(reader.readExactly(written))
      yield* wait(other)
      writer.write('the end\n')
      writer.close()
      expect(String(yield* wait(reader.read()))).toBe('the end\n')
    })

    behaves(drive, 'lets nothing wait that need not', function* () {
      const { writer, reader } = yield* open()
      for (let i = 0; i < 10; i++) yield* wait(writer.drain())
      expect(() => writer.transport.setWriteBufferLimits({ high: 1, low: 2 })).toThrow(RangeError)
      expect(() => writer.transport.setWriteBufferLimits({ high: -1 })).toThrow(RangeError)
      writer.transport.setWriteBufferLimits({ low: 10 })
      expect(writer.transport.getWriteBufferLimits()).toEqual({ high: 40, low: 10 })
      writer.transport.setWriteBufferLimits({ high: 0 })
      expect(writer.transport.getWriteBufferLimits()).toEqual({ high: 0, low: 0 })
      writer.write('x')
      yield* wait(writer.drain())
      writer.close()
      expect(String(yield* wait(reader.read()))).toBe('x')
    })

    behaves(drive, 'wakes whoever drains when the stream is aborted', function* () {
      const way = yield* open({ limit: 1000 })
      const { writer, source } = way
      yield* fill(way)
      const drains = [1, 2, 3].map(() => createTask(body(() => failureOf(writer.drain()))))
      yield* wait(sleep(0))
      writer.transport.abort()
      for (const drain of drains) expect(yield* wait(drain)).toMatchObject({ name: 'OSError' })
      yield* wait(writer.waitClosed())
      source.abort()
    })
  })
}
