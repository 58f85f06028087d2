import { moveOnAfter, sleep, type Gen } from '@tsyncio/tasks'

import { NotReadyError } from './not-ready-error.js'
import type { ReadinessOptions } from './readiness-options.js'
import { within } from './within.js'

const firstPause = 10
const longestPause = 250

/** Something that can only be found out by looking. */
export interface Condition {
  /** What is waited for, as part of a sentence: "there was a file /x". */
  readonly what: string
  isMet(): Gen<boolean>
  /** Why it was not met when it was looked at last. */
  readonly cause?: unknown
}

function* looking(condition: Condition, { process }: ReadinessOptions): Gen<void> {
  for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    // What it did at last may be what is waited for.
    const code = process?.returncode ?? null
    if (yield* condition.isMet()) return
    if (process === undefined) yield* sleep(pause)
    else if (code === null) yield* moveOnAfter(pause, () => process.wait())
    else throw new NotReadyError(process.pid, code, `${condition.what}.`)
  }
}

/** Looks until the condition is met, less and less often. */
export function* poll(condition: Condition, options: ReadinessOptions): Gen<void> {
  const describe = () => ({ what: `${condition.what}.`, cause: condition.cause })
  yield* within(options, () => looking(condition, options), describe)
}
