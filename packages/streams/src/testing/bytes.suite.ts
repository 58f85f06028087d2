import { createTask, gather } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { SeededRandom } from './seeded-random.js'
import { behaves, type StreamDrive } from './stream-drive.js'
import { endWriting, receiveAll, sendAll } from './traffic.js'
import type { OpenWay } from './way.js'

const mebibyte = 1 << 20

/** What comes out is what went in: every byte once, in order. */
export function describeBytes(drive: StreamDrive, open: OpenWay): void {
  const { spelling } = drive
  const { body, wait } = spelling

  describe('bytes', () => {
    for (const seed of [1, 2, 3]) {
      behaves(drive, `arrive once and in order in pieces of any size, seed ${seed}`, function* () {
        const { writer, reader } = yield* open()
        const random = new SeededRandom(seed)
        const data = random.bytes(random.size(4) * mebibyte)
        const received: Buffer[] = []
        const sending = createTask(body(() => sendAll(spelling, writer, random, data)))
        yield* receiveAll(spelling, reader, new SeededRandom(-seed), received)
        yield* wait(sending)
        expect(Buffer.concat(received).equals(data)).toBe(true)
        yield* wait(writer[Symbol.asyncDispose]())
      })
    }

    behaves(drive, 'arrive when they are written one at a time', function* () {
      const { writer, reader } = yield* open()
      const data = new SeededRandom(4).bytes(3000)
      for (const byte of data) writer.write(Uint8Array.of(byte))
      writer.close()
      expect((yield* wait(reader.read()))?.equals(data)).toBe(true)
      yield* wait(writer.waitClosed())
    })

    behaves(drive, 'arrive when they are many small pieces of one call', function* () {
      const { writer, reader } = yield* open()
      const lines = Array.from({ length: 5000 }, (_, i) => `${i}\n`)
      writer.writeLines(lines)
      writer.close()
      expect(String(yield* wait(reader.read()))).toBe(lines.join(''))
      yield* wait(writer.waitClosed())
    })

    behaves(drive, 'arrive when they are several MiB of one call, then the end', function* () {
      const { writer, reader } = yield* open()
      const data = new SeededRandom(5).bytes(4 * mebibyte)
      writer.write(data)
      endWriting(writer)
      expect((yield* wait(reader.read()))?.equals(data)).toBe(true)
      yield* wait(writer[Symbol.asyncDispose]())
    })

    behaves(drive, 'of strings are UTF-8; of empty pieces there are none', function* () {
      const { writer, reader } = yield* open()
      writer.write('')
      writer.write(new Uint8Array(0))
      writer.write('naïve ✓')
      writer.writeLines(['', ' 🙂', ''])
      writer.close()
      expect(String(yield* wait(reader.read()))).toBe('naïve ✓ 🙂')
      yield* wait(writer.waitClosed())
    })

    behaves(drive, 'are never overwritten by what comes later', function* () {
      const { writer, reader } = yield* open()
      const kept: Buffer[] = []
      const sending = createTask(
        body(function* () {
          for (let i = 0; i < 100; i++) {
            writer.write(Buffer.alloc(20_000, i))
            yield* wait(writer.drain())
          }
        }),
      )
      for (let i = 0; i < 100; i++) kept.push(yield* wait(reader.readExactly(20_000)))
      yield* wait(sending)
      expect(kept.every((data, i) => data.every((byte) => byte === i))).toBe(true)
      yield* wait(writer[Symbol.asyncDispose]())
    })

    behaves(drive, 'go through many ways at once without mixing', function* () {
      const ways = []
      for (let i = 0; i < 8; i++) ways.push(yield* open())
      const tasks = ways.map(({ writer, reader }, i) =>
        createTask(
          body(function* () {
            for (let j = 0; j < 20; j++) {
              writer.write(`${i}:${j}\n`)
              expect(String(yield* wait(reader.readLine()))).toBe(`${i}:${j}\n`)
            }
            yield* wait(writer[Symbol.asyncDispose]())
          }),
        ),
      )
      yield* wait(gather(tasks))
    })
  })
}
