import { run, type Gen } from '@tsyncio/tasks'
import { it } from 'vitest'

import { runBlockingInTime } from './run-blocking-in-time.js'

/** One behaviour, spelled as a generator, inside Node's loop and on a loop that owns the thread. */
export function behaves(title: string, body: () => Gen<void>): void {
  it(`${title} (hosted)`, async () => {
    await run(body)
  })
  it(`${title} (blocking)`, () => {
    runBlockingInTime(body)
  })
}
