import type { Waited } from '@tsyncio/tasks/testing/vitest'
import { describe } from 'vitest'

import type { StreamReaderOptions } from '../reading/stream-reader.js'
import { describeBytes } from './bytes.suite.js'
import { describeEnding } from './ending.suite.js'
import { describeFlow } from './flow.suite.js'
import { describeReading } from './reading.suite.js'
import type { StreamDrive } from './stream-drive.js'
import type { Way } from './way.js'

/** How a suite gets what it tests: the two ends of something like a pipe. */
export interface OneWayStream {
  /** Makes a fresh one; awaited within a task. */
  open(options?: StreamReaderOptions): Waited<Way>
}

/** What every stream with one direction must do, whatever carries it. Needs vitest. */
export function describeOneWayStream(name: string, drive: StreamDrive, stream: OneWayStream): void {
  const open = (options?: StreamReaderOptions): Generator<unknown, Way, unknown> =>
    drive.spelling.wait(stream.open(options))
  describe(name, () => {
    describeBytes(drive, open)
    describeReading(drive, open)
    describeFlow(drive, open)
    describeEnding(drive, open)
  })
}
