import { run, runBlocking, type Gen } from '@tsyncio/tasks'
import { it } from 'vitest'

/** One behaviour, spelled as a generator, inside Node's loop and on a loop that owns the thread. */
export function behaves(title: string, body: () => Gen<void>): void {
  it(`${title} (hosted)`, async () => {
    await run(body)
  })
  it(`${title} (blocking)`, () => {
    runBlocking(body)
  })
}
