import { createTask, sleep } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { failures } from './failure-of.js'
import { ProtocolLog } from './protocol-log.js'
import { behaves, type StreamDrive } from './stream-drive.js'
import { endWriting } from './traffic.js'
import type { OpenWay } from './way.js'

/** How a way ends, from either side. */
export function describeEnding(drive: StreamDrive, open: OpenWay): void {
  const { body, wait } = drive.spelling
  const failureOf = failures(drive.spelling)

  describe('the end', () => {
    behaves(drive, 'comes after what was written before the close', function* () {
      const { writer, reader } = yield* open()
      writer.write(Buffer.alloc(3_000_000, 7))
      writer.close()
      expect(writer.isClosing()).toBe(true)
      const all = yield* wait(reader.read())
      expect(all?.length).toBe(3_000_000)
      expect(yield* wait(reader.read())).toBeNull()
      yield* wait(writer.waitClosed())
      yield* wait(writer.waitClosed())
    })

    behaves(drive, 'wakes a read that waits, with null', function* () {
      const { writer, reader } = yield* open()
      const reading = createTask(() => reader.readLine())
      yield* wait(sleep(0))
      writer.close()
      expect(yield* wait(reading)).toBeNull()
      expect(reader.atEof()).toBe(true)
      expect(reader.exception()).toBeUndefined()
    })

    behaves(drive, 'is told once, as the last, however often one closes', function* () {
      const { writer, reader, source } = yield* open()
      yield* wait(sleep(0))
      const log = new ProtocolLog(writer.transport)
      const sourceLog = new ProtocolLog(source)
      writer.write('x')
      for (let i = 0; i < 3; i++) writer.close()
      writer.transport.abort()
      writer.close()
      yield* wait(writer.waitClosed())
      yield* wait(reader.read())
      source.close()
      source.abort()
      while (sourceLog.losses.length === 0) yield* wait(sleep(1))
      for (let i = 0; i < 5; i++) yield* wait(sleep(0))
      expect(log.losses).toEqual([undefined])
      expect(sourceLog.losses).toEqual([undefined])
      expect(log.calls.at(-1)).toBe('lost')
      expect(sourceLog.calls.at(-1)).toBe('lost')
    })

    behaves(drive, 'makes later writes go nowhere, and drain say so', function* () {
      const { writer, reader } = yield* open()
      writer.close()
      yield* wait(writer.waitClosed())
      writer.write('too late')
      writer.writeLines(['too', 'late'])
      endWriting(writer)
      expect(yield* failureOf(writer.drain())).toMatchObject({ name: 'OSError' })
      expect(yield* wait(reader.read())).toBeNull()
    })

    behaves(drive, 'of an aborted writer may lose bytes, but is seen', function* () {
      const { writer, reader, source } = yield* open()
      const reading = createTask(body(() => failureOf(reader.read())))
      yield* wait(sleep(0))
      writer.transport.abort()
      yield* wait(writer.waitClosed())
      yield* wait(reading)
      expect(writer.isClosing()).toBe(true)
      source.abort()
    })

    behaves(drive, 'of the reader ends a writer that goes on', function* () {
      const { writer, reader, source } = yield* open()
      const log = new ProtocolLog(writer.transport)
      source.abort()
      expect(yield* wait(reader.read())).toBeNull()
      const writing = createTask(
        body(function* () {
          for (;;) {
            writer.write(Buffer.alloc(10_000))
            yield* wait(writer.drain())
            yield* wait(sleep(0))
          }
        }),
      )
      const error = yield* failureOf(writing)
      expect(['EPIPE', 'ECONNRESET']).toContain((error as { code: string }).code)
      yield* wait(writer[Symbol.asyncDispose]())
      expect(log.losses).toHaveLength(1)
    })

    behaves(drive, 'is waited for by `await using`, whatever it was', function* () {
      const { writer, reader } = yield* open()
      writer.write('sent')
      yield* wait(writer[Symbol.asyncDispose]())
      expect(writer.isClosing()).toBe(true)
      expect(String(yield* wait(reader.read()))).toBe('sent')
      yield* wait(writer[Symbol.asyncDispose]())
    })
  })
}
