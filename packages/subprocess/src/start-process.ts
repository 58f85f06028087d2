import { getEventLoop, type EventLoop } from '@tsyncio/loop'
import {
  close,
  kill,
  osError,
  P_PID,
  SIGKILL,
  spawn,
  spawnSteps,
  UnsupportedError,
  waitid,
  WEXITED,
  type OSError,
} from '@tsyncio/syscalls'

import { childSpec } from './child-spec.js'
import { ChildStdio } from './child-stdio.js'
import { Foreground } from './foreground.js'
import { Process } from './process.js'
import { StdioStreams } from './stdio-streams.js'
import type { SubprocessOptions } from './subprocess-options.js'

/** The error for a child that could not be started, and whose fault that is. */
function spawnError(
  errno: number,
  step: number,
  program: string,
  cwd: string | undefined,
): OSError {
  const name = spawnSteps[step] ?? 'clone'
  const path = name === 'chdir' ? cwd : name === 'execve' ? program : undefined
  return osError(errno, `spawn ${name}`, path === undefined ? {} : { path })
}

// A child that cannot be watched must not be left to itself.
function abandon(pid: number, pidfd: number): void {
  kill(pid, SIGKILL)
  waitid(P_PID, pid, new Int32Array(3), WEXITED)
  if (pidfd >= 0) close(pidfd)
}

interface Started {
  readonly loop: EventLoop
  readonly pid: number
  readonly pidfd: number
  readonly stdio: ChildStdio
  readonly streams: StdioStreams
  readonly foreground: Foreground | undefined
}

function watched(started: Started, options: SubprocessOptions): Process {
  const { loop, pid, pidfd, stdio, streams, foreground } = started
  try {
    if (pidfd < 0) throw new UnsupportedError('Processes need pidfds, and so Linux 5.4 or later.')
    return new Process(loop, pid, pidfd, stdio, streams, foreground, options)
  } catch (error) {
    abandon(pid, pidfd)
    foreground?.takeBack(pid)
    throw error
  }
}

function launch(
  loop: EventLoop,
  [program, args]: readonly [string, readonly string[]],
  options: SubprocessOptions,
  stdio: ChildStdio,
  streams: StdioStreams,
): Process {
  const { processGroup, cwd } = options
  const foreground = processGroup === 0 ? Foreground.of(stdio.fds[0] as number) : undefined
  const out = new Int32Array(2)
  const pid = spawn(childSpec(program, args, options, stdio, foreground !== undefined), out)
  const [pidfd, step] = out as unknown as [number, number]
  if (pid < 0) {
    // It may have had the terminal already.
    foreground?.reclaim()
    throw spawnError(pid, step, program, cwd)
  }
  return watched({ loop, pid, pidfd, stdio, streams, foreground }, options)
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
  const { signal } = options
  if (signal?.aborted === true) throw signal.reason
  const loop = getEventLoop()
  const stdio = new ChildStdio(options)
  let streams: StdioStreams | undefined
  try {
    streams = new StdioStreams(stdio)
    return launch(loop, [program, args], options, stdio, streams)
  } catch (error) {
    streams?.close()
    throw error
  } finally {
    stdio.close()
  }
}
