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

/** Ends what `writer` writes: the one direction, or the stream if it cannot end one. */
export function endWriting(writer: StreamWriter): void {
  if (writer.canWriteEof()) writer.writeEof()
  else writer.close()
}

/** Writes `data` in random pieces, then ends. */
export function* sendAll(
  { wait }: Spelling,
  writer: StreamWriter,
  random: SeededRandom,
  data: Buffer,
  end = endWriting,
): Generator<unknown, void, unknown> {
  for (const piece of pieces(random, data)) {
    if (random.next() < 0.2) writer.writeLines([piece.subarray(0, 1), piece.subarray(1)])
    else writer.write(piece)
    if (random.next() < 0.7) yield* wait(writer.drain())
    if (random.next() < 0.1) yield* wait(sleep(0))
  }
  yield* wait(writer.drain())
  end(writer)
}

/** Reads with reads of random sizes into `received`: `most` bytes, or all up to the end. */
export function* receiveAll(
  { wait }: Spelling,
  reader: StreamReader,
  random: SeededRandom,
  received: Buffer[],
  most = Infinity,
): Generator<unknown, void, unknown> {
  for (let left = most; left > 0;) {
    const data = yield* wait(reader.read(Math.min(random.size(mostRead), left)))
    if (data === null) return
    received.push(data)
    left -= data.length
    if (random.next() < 0.1) yield* wait(sleep(0))
  }
}
