import { createTask, gather, sleep } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { closing } from './closing.js'
import { failures } from './failure-of.js'
import { ProtocolLog } from './protocol-log.js'
import { SeededRandom } from './seeded-random.js'
import { behaves, type StreamDrive } from './stream-drive.js'
import { describeHalfClose } from './half-close.suite.js'
import { endWriting, receiveAll, sendAll } from './traffic.js'
import type { TwoWayStream } from './two-way-stream.js'

const mebibyte = 1 << 20

const leaveOpen = (): void => undefined

/** What two directions have to do with each other. */
export function describeBothWays(drive: StreamDrive, stream: TwoWayStream): void {
  const { spelling } = drive
  const { halfClose = true } = stream
  const { body, wait } = spelling
  const failureOf = failures(spelling)

  const close = closing(spelling)

  describe('both ways', () => {
    for (const seed of [1, 2]) {
      behaves(drive, `carry bytes at once, seed ${seed}`, function* () {
        const ends = yield* wait(stream.open())
        const random = new SeededRandom(seed)
        const sent = [random.bytes(3 * mebibyte), random.bytes(2 * mebibyte)]
        const received: Buffer[][] = [[], []]
        // Where the end is that of both, it must wait for the slower one.
        const [end, most] = halfClose ? [endWriting] : [leaveOpen, sent.map(({ length }) => length)]
        const tasks = ends.flatMap(({ reader, writer }, i) => [
          body(() => sendAll(spelling, writer, new SeededRandom(seed + i), sent[i] as Buffer, end)),
          body(() =>
            receiveAll(
              spelling,
              reader,
              new SeededRandom(seed - i),
              received[i] as Buffer[],
              most?.[1 - i],
            ),
          ),
        ])
        yield* wait(gather(tasks.map((task) => createTask(task))))
        for (const [i, data] of sent.entries()) {
          expect(Buffer.concat(received[1 - i] as Buffer[]).equals(data)).toBe(true)
        }
        yield* close(...ends)
      })
    }

    if (halfClose) describeHalfClose(drive, stream)
    else
      behaves(drive, 'refuse to end one without the other, which changes nothing', function* () {
        const ends = yield* wait(stream.open())
        for (const [i, { writer }] of ends.entries()) {
          expect(writer.canWriteEof()).toBe(false)
          expect(() => writer.writeEof()).toThrow(TypeError)
          expect(writer.isClosing()).toBe(false)
          writer.write(`from ${i}`)
        }
        for (const [i, { reader }] of ends.entries()) {
          expect(String(yield* wait(reader.readExactly(6)))).toBe(`from ${1 - i}`)
        }
        yield* close(...ends)
      })

    behaves(drive, 'both close when one end closes, and its own reads end', function* () {
      const ends = yield* wait(stream.open())
      const [near, far] = ends
      const reading = createTask(() => near.reader.read(1))
      yield* wait(sleep(0))
      near.writer.close()
      expect(yield* wait(reading)).toBeNull()
      expect(yield* wait(near.reader.read())).toBeNull()
      expect(yield* wait(far.reader.read())).toBeNull()
      yield* close(...ends)
    })

    behaves(drive, 'tell each end of its loss once', function* () {
      const ends = yield* wait(stream.open())
      yield* wait(sleep(0))
      const logs = ends.map(({ writer }) => new ProtocolLog(writer.transport))
      ends[0].writer.write('x')
      expect(String(yield* wait(ends[1].reader.readExactly(1)))).toBe('x')
      yield* close(...ends)
      for (let i = 0; i < 5; i++) yield* wait(sleep(0))
      expect(logs.map(({ losses }) => losses)).toEqual([[undefined], [undefined]])
      expect(logs[1]?.calls[0]).toBe('data')
      expect(logs.map(({ calls }) => calls.at(-1))).toEqual(['lost', 'lost'])
    })

    const { reset } = stream
    if (reset === undefined) return

    behaves(drive, 'fail with ECONNRESET when the other end resets, once', function* () {
      const [near, far] = yield* wait(stream.open())
      yield* wait(sleep(0))
      const log = new ProtocolLog(near.writer.transport)
      const reading = createTask(() => near.reader.readLine())
      yield* wait(sleep(0))
      reset(far)
      const failure = yield* failureOf(reading)
      expect(failure).toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
      expect(yield* failureOf(near.writer.drain())).toBe(failure)
      expect(yield* failureOf(near.writer.waitClosed())).toBe(failure)
      expect(yield* failureOf(near.reader.read(1))).toBe(failure)
      expect(near.reader.exception()).toBe(failure)
      yield* close(near, far)
      expect(log.losses).toEqual([failure])
    })

    behaves(drive, 'fail whoever drains when the other end resets', function* () {
      const [near, far] = yield* wait(stream.open({ limit: 1000 }))
      const writing = [1, 2, 3].map(() =>
        createTask(
          body(function* () {
            for (;;) {
              near.writer.write(Buffer.alloc(50_000))
              yield* wait(near.writer.drain())
              yield* wait(sleep(0))
            }
          }),
        ),
      )
      while (near.writer.transport.getWriteBufferSize() < 65_536) yield* wait(sleep(0))
      reset(far)
      for (const writer of writing) {
        const error = yield* failureOf(writer)
        expect(['ECONNRESET', 'EPIPE']).toContain((error as { code: string }).code)
      }
      yield* close(near, far)
    })
  })
}
