import { InvalidStateError } from '@tsyncio/loop'
import { expect } from 'vitest'

import type { Connection } from '../connecting/connection.js'
import { closing } from './closing.js'
import { behaves, type StreamDrive } from './stream-drive.js'
import type { TwoWayStream } from './two-way-stream.js'

/** One direction ends, and the other goes on. */
export function describeHalfClose(drive: StreamDrive, stream: TwoWayStream): void {
  const { wait } = drive.spelling
  const close = closing(drive.spelling)

  behaves(drive, 'end one after the other', function* () {
    for (const first of [0, 1]) {
      const ends = yield* wait(stream.open())
      const [one, other] = [ends[first], ends[1 - first]] as [Connection, Connection]
      expect(one.writer.canWriteEof()).toBe(true)
      one.writer.write('question')
      one.writer.writeEof()
      one.writer.writeEof()
      expect(String(yield* wait(other.reader.read()))).toBe('question')
      other.writer.write('answer')
      yield* wait(other.writer.drain())
      expect(String(yield* wait(one.reader.readExactly(6)))).toBe('answer')
      other.writer.writeEof()
      expect(yield* wait(one.reader.read())).toBeNull()
      yield* close(one, other)
    }
  })

  behaves(drive, 'refuse a write after writeEof', function* () {
    const ends = yield* wait(stream.open())
    const [near, far] = ends
    near.writer.writeEof()
    expect(() => near.writer.write('more')).toThrow(InvalidStateError)
    expect(() => near.writer.writeLines(['more'])).toThrow(InvalidStateError)
    expect(yield* wait(far.reader.read())).toBeNull()
    yield* close(...ends)
  })
}
