import { describe } from 'vitest'

import { describeCallbacks } from './callbacks.suite.js'
import { describeContexts } from './contexts.suite.js'
import { describeDebug } from './debug.suite.js'
import { describeErrors } from './errors.suite.js'
import { describeFds } from './fds.suite.js'
import { describeFutures } from './futures.suite.js'
import { loopBench } from './loop-bench.js'
import type { LoopDrive } from './loop-drive.js'
import { describeRunning } from './running.suite.js'
import { describeSignals } from './signals.suite.js'
import { describeTimers } from './timers.suite.js'
import { describeWithoutFds } from './without-fds.suite.js'

/**
 * What a loop must do, whatever drives it and whatever it watches fds with. Needs vitest.
 *
 * @example
 * ```ts no-run
 * import { PollSelector } from '@tsyncio/selectors'
 * import { describeEventLoop, hostedDrive } from '@tsyncio/loop/testing/vitest'
 *
 * describeEventLoop('hosted, poll', hostedDrive(() => ({ selector: new PollSelector() })))
 * ```
 */
export function describeEventLoop(name: string, drive: LoopDrive): void {
  describe(name, () => {
    const bench = loopBench(drive)
    describeRunning(bench)
    describeCallbacks(bench)
    describeTimers(bench)
    if (drive.watchesFds) describeFds(bench)
    else describeWithoutFds(bench)
    describeErrors(bench)
    describeFutures(bench)
    describeContexts(bench)
    describeSignals(bench)
    describeDebug(bench)
  })
}
