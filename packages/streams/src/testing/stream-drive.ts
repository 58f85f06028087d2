import { timeout, type Work } from '@tsyncio/tasks'
import type { Script, Spelling } from '@tsyncio/tasks/testing/vitest'
import { it } from 'vitest'

/** One way to run tasks: a driver and a spelling. */
export interface StreamDrive {
  readonly spelling: Spelling
  /** Runs `main` as the first task of a fresh loop. */
  run(main: Work): Promise<unknown>
}

// What loses a byte waits for it for ever. A loop that owns its thread would take the test
// runner with it, so the script has a deadline of its own.
const patience = 30_000

/** A test whose body is one script, run as the main task. */
export function behaves({ spelling, run }: StreamDrive, title: string, script: Script<void>): void {
  it(title, { timeout: 2 * patience }, async () => {
    await run(() => timeout(patience, spelling.body(script)))
  })
}
