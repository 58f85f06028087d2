import { timeout } from '@tsyncio/tasks'

import type { Runner } from './spellings.js'

/** Fails what hangs: a loop that owns the thread would take the test runner with it. */
export function patient(runs: Runner): Runner {
  return (main) =>
    runs(function* () {
      return yield* timeout(20_000, main)
    })
}
