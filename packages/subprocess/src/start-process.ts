import { getEventLoop, type EventLoop } from '@tsyncio/loop'
import {
  close,
  kill,
  P_PID,
  SIGKILL,
  spawn,
  UnsupportedError,
  waitid,
  WEXITED,
} from '@tsyncio/syscalls'

import { ExitWatch } from './exit-watch.js'
import { ProcessGroup } from './process-group.js'
import { Process } from './process.js'
import { spawnError } from './spawn-error.js'
import { spawnPlan } from './spawn-plan.js'
import { StartedStdio } from './started-stdio.js'
import type { SubprocessOptions } from './subprocess-options.js'

// A child that cannot be watched must not be left to itself.
function abandon(pid: number, pidfd: number): void {
  kill(pid, SIGKILL)
  waitid(P_PID, pid, new Int32Array(3), WEXITED)
  if (pidfd >= 0) close(pidfd)
}

function watched(loop: EventLoop, pid: number, pidfd: number): ExitWatch {
  try {
    if (pidfd < 0) throw new UnsupportedError('Processes need pidfds, and so Linux 5.4 or later.')
    return new ExitWatch(loop, pid, pidfd)
  } catch (error) {
    abandon(pid, pidfd)
    throw error
  }
}

/**
 * Starts a program: nothing is waited for, so there is no moment at which a cancellation
 * could leave a child that nobody knows.
 */
export function startProcess(
  program: string,
  args: readonly string[],
  options: SubprocessOptions,
): Process {
  if (options.signal?.aborted === true) throw options.signal.reason
  const loop = getEventLoop()
  const stdio = new StartedStdio(options)
  try {
    const out = new Int32Array(2)
    const plan = spawnPlan(program, args, options, stdio)
    const pid = spawn(plan, out)
    const [pidfd, step] = out as unknown as [number, number]
    if (pid < 0) throw spawnError(pid, step, program, options.cwd)
    const isHead = plan.newSession === true || plan.processGroup === 0
    const exit = watched(loop, pid, pidfd)
    return new Process(loop, exit, isHead ? new ProcessGroup(pid) : undefined, stdio, options)
  } catch (error) {
    stdio.failed()
    throw error
  } finally {
    stdio.close()
  }
}
