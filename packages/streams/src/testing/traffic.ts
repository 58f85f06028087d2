import { sleep } from '@tsyncio/tasks'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'

import type { StreamReader } from '../reading/stream-reader.js'
import type { StreamWriter } from '../transports/stream-writer.js'
import type { SeededRandom } from './seeded-random.js'

const mostWritten = 1 << 20
const mostRead = 1 << 17

/** Pieces of random sizes, from 1 byte to a MiB. */
export function* pieces(random: SeededRandom, data: Buffer): Generator<Buffer> {
  for (let at = 0; at < data.length;) {
    const size = random.size(mostWritten)
    yield data.subarray(at, at + size)
    at += size
  }
}

/** Writes `data` in random pieces, then ends the direction. */
export function* sendAll(
  { wait }: Spelling,
  writer: StreamWriter,
  random: SeededRandom,
  data: Buffer,
): Generator<unknown, void, unknown> {
  for (const piece of pieces(random, data)) {
    if (random.next() < 0.2) writer.writeLines([piece.subarray(0, 1), piece.subarray(1)])
    else writer.write(piece)
    if (random.next() < 0.7) yield* wait(writer.drain())
    if (random.next() < 0.1) yield* wait(sleep(0))
  }
  yield* wait(writer.drain())
  writer.writeEof()
}

/** Reads up to the end with reads of random sizes, into `received`. */
export function* receiveAll(
  { wait }: Spelling,
  reader: StreamReader,
  random: SeededRandom,
  received: Buffer[],
): Generator<unknown, void, unknown> {
  for (let data; (data = yield* wait(reader.read(random.size(mostRead)))) !== null;) {
    received.push(data)
    if (random.next() < 0.1) yield* wait(sleep(0))
  }
}
