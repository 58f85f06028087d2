import type { Waited } from '@tsyncio/tasks/testing/vitest'
import { describe } from 'vitest'

import type { Connection } from '../connecting/connection.js'
import type { StreamReaderOptions } from '../reading/stream-reader.js'
import { describeBothWays } from './both-ways.suite.js'
import { describeBytes } from './bytes.suite.js'
import { describeEnding } from './ending.suite.js'
import { describeFlow } from './flow.suite.js'
import { describeReading } from './reading.suite.js'
import type { StreamDrive } from './stream-drive.js'
import type { OpenWay } from './way.js'

/** How a suite gets what it tests: two ends, and what is special about them. */
export interface TwoWayStream {
  /** Makes two ends that are connected with each other; awaited within a task. */
  open(options?: StreamReaderOptions): Waited<[near: Connection, far: Connection]>
  /**
   * Whether one direction can end while the other goes on. If it is false, as for TLS,
   * `canWriteEof` must say so, `writeEof` must throw a TypeError, and the end is a close.
   * Default: true.
   */
  readonly halfClose?: boolean
  /** Ends a connection as a crash does, if there is such a thing: the other end fails. */
  reset?(end: Connection): void
}

/**
 * What every stream with two directions must do, whatever carries it. Needs vitest.
 *
 * @example
 * ```ts no-run
 * import { memoryPair } from '@tsyncio/streams/testing'
 * import { describeTwoWayStream, type TwoWayStream } from '@tsyncio/streams/testing/vitest'
 * import { coroutine, run, type Gen } from '@tsyncio/tasks'
 * import { generators } from '@tsyncio/tasks/testing/vitest'
 *
 * function* made<T>(make: () => T): Gen<T> {
 *   return make()
 * }
 *
 * const stream: TwoWayStream = { open: (options) => coroutine(made(() => memoryPair(options))) }
 * describeTwoWayStream('a memory pair', { spelling: generators, run }, stream)
 * ```
 */
export function describeTwoWayStream(name: string, drive: StreamDrive, stream: TwoWayStream): void {
  const open: OpenWay = function* (options) {
    const [near, far] = yield* drive.spelling.wait(stream.open(options))
    return { writer: near.writer, reader: far.reader, source: far.writer.transport }
  }
  describe(name, () => {
    describeBytes(drive, open)
    describeReading(drive, open)
    describeFlow(drive, open)
    describeEnding(drive, open)
    describeBothWays(drive, stream)
  })
}
