import { describe } from 'vitest'

import type { Work } from '../coroutine.js'
import { describeAsCompleted } from './as-completed.suite.js'
import { describeBarriers } from './barriers.suite.js'
import { describeTaskBasics } from './basics.suite.js'
import { describeCallGraph } from './call-graph.suite.js'
import { describeCancellation } from './cancellation.suite.js'
import { describeCapacityLimiter } from './capacity-limiter.suite.js'
import { describeChannelCancel } from './channel-cancel.suite.js'
import { describeChannelEndings } from './channel-endings.suite.js'
import { describeChannels } from './channels.suite.js'
import { describeConditions } from './conditions.suite.js'
import { describeEagerTasks } from './eager.suite.js'
import { describeTaskDebug } from './debug.suite.js'
import { describeGather } from './gather.suite.js'
import { describeGroupCancel } from './groups-cancel.suite.js'
import { describeGroupEager } from './groups-eager.suite.js'
import { describeGroupErrors } from './groups-errors.suite.js'
import { describeGroupLimit } from './groups-limit.suite.js'
import { describeGroupStartEndings } from './groups-start-endings.suite.js'
import { describeGroupStart } from './groups-start.suite.js'
import { describeGroups } from './groups.suite.js'
import { describeLocks } from './locks.suite.js'
import { describeMisuse } from './misuse.suite.js'
import { describeNothingLost } from './nothing-lost.suite.js'
import { describeQueueEndings } from './queue-endings.suite.js'
import { describeQueues } from './queues.suite.js'
import { describeRequests } from './requests.suite.js'
import { describeScopesAndTasks } from './scopes-and-tasks.suite.js'
import { describeScopes } from './scopes.suite.js'
import { describeSemaphores } from './semaphores.suite.js'
import { describeShield } from './shield.suite.js'
import { describeSignals } from './signals-into-waits.suite.js'
import type { Spelling } from './spelling.js'
import { describeTasksAndFutures } from './tasks-and-futures.suite.js'
import { describeTimeoutsAndTasks } from './timeouts-and-tasks.suite.js'
import { describeTimeouts } from './timeouts.suite.js'
import { describeUsing } from './using.suite.js'
import { describeWaitFor } from './wait-for.suite.js'
import { describeWait } from './wait.suite.js'

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
    describeCallGraph(drive)
    describeCancellation(drive)
    describeRequests(drive)
    describeGather(drive)
    describeTaskDebug(drive)
    describeTimeouts(drive)
    describeGroups(drive)
    describeGroupCancel(drive)
    describeGroupEager(drive)
    describeGroupErrors(drive)
    describeGroupLimit(drive)
    describeGroupStart(drive)
    describeGroupStartEndings(drive)
    describeScopes(drive)
    describeScopesAndTasks(drive)
    describeUsing(drive)
    describeCapacityLimiter(drive)
    describeChannels(drive)
    describeChannelCancel(drive)
    describeChannelEndings(drive)
    describeLocks(drive)
    describeConditions(drive)
    describeSemaphores(drive)
    describeBarriers(drive)
    describeQueues(drive)
    describeQueueEndings(drive)
    describeNothingLost(drive)
    describeTasksAndFutures(drive)
    describeTimeoutsAndTasks(drive)
    describeWait(drive)
    describeWaitFor(drive)
    describeShield(drive)
    describeAsCompleted(drive)
    describeEagerTasks(drive)
    describeMisuse(drive)
    describeSignals(drive)
  })
}
