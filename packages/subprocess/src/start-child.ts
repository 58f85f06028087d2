import type { EventLoop } from '@tsyncio/loop'
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
import type { Foreground } from './foreground.js'
import { ProcessGroup } from './process-group.js'
import { Process } from './process.js'
import { spawnError } from './spawn-error.js'
import type { Start } from './start.js'

// A child that cannot be watched must not be left to itself.
function abandon(pid: number, pidfd: number): void {
  kill(pid, SIGKILL)
  waitid(P_PID, pid, new Int32Array(3), WEXITED)
  if (pidfd >= 0) close(pidfd)
}

function watched(
  loop: EventLoop,
  pid: number,
  pidfd: number,
  foreground: Foreground | undefined,
): ExitWatch {
  try {
    if (pidfd < 0) throw new UnsupportedError('Processes need pidfds, and so Linux 5.4 or later.')
    return new ExitWatch(loop, pid, pidfd)
  } catch (error) {
    abandon(pid, pidfd)
    foreground?.takeBack(pid)
    throw error
  }
}

/**
 * Starts a child of this process: nothing is waited for, so there is no moment at which a
 * cancellation could leave a child that nobody knows.
 */
export function startChild(start: Start): Process {
  const { loop, program, options, spec, foreground } = start
  const out = new Int32Array(2)
  const pid = spawn(spec, out)
  const [pidfd, step] = out as unknown as [number, number]
  if (pid < 0) {
    // It may have had the terminal already.
    foreground?.reclaim()
    throw spawnError(pid, step, program, options.cwd)
  }
  const isHead = spec.newSession === true || spec.processGroup === 0
  const exit = watched(loop, pid, pidfd, foreground)
  const followers = isHead ? new ProcessGroup(pid) : undefined
  try {
    return new Process(start, exit, followers)
  } catch (error) {
    // A process that nobody will have.
    exit.endNow()
    foreground?.takeBack(pid)
    throw error
  }
}
