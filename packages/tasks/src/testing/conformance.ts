import { describe } from 'vitest'

import type { Work } from '../coroutine.js'
import { describeCancellation } from './cancellation.suite.js'
import { describeGather } from './gather.suite.js'
import { describeGroups } from './groups.suite.js'
import { describeScopesAndTasks } from './scopes-and-tasks.suite.js'
import { describeScopes } from './scopes.suite.js'
import type { Spelling } from './spelling.js'
import { describeTaskBasics } from './basics.suite.js'
import { describeTimeouts } from './timeouts.suite.js'

/** One way to run tasks: a driver and a spelling. */
export interface TaskDrive {
  readonly spelling: Spelling
  /** Runs `main` as the first task of a fresh loop. */
  run(main: Work): Promise<unknown>
}

/**
 * What tasks must do, whatever drives them and however they are spelled. Needs vitest.
 */
export function describeTasks(name: string, drive: TaskDrive): void {
  describe(name, () => {
    describeTaskBasics(drive)
    describeCancellation(drive)
    describeGather(drive)
    describeTimeouts(drive)
    describeGroups(drive)
    describeScopes(drive)
    describeScopesAndTasks(drive)
  })
}
