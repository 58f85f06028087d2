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

import { childSpec } from './child-spec.js'
import { ChildStdio } from './child-stdio.js'
import { ExitWatch } from './exit-watch.js'
import { Foreground } from './foreground.js'
import { ProcessGroup } from './process-group.js'
import { ChildTerminal, type TerminalOptions } from './pty/child-terminal.js'
import { Process } from './process.js'
import { spawnError } from './spawn-error.js'
import { StdioStreams } from './stdio-streams.js'
import type { SubprocessOptions } from './subprocess-options.js'

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

function launch(
  loop: EventLoop,
  [program, args]: readonly [string, readonly string[]],
  options: TerminalOptions,
  stdio: ChildStdio,
  streams: StdioStreams,
): Process {
  const foreground = Foreground.lentTo(options, stdio)
  const spec = childSpec(program, args, options, stdio, foreground !== undefined)
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
    return new Process(loop, { exit, followers, stdio, streams, foreground }, options)
  } catch (error) {
    // A process that nobody will have.
    exit.endNow()
    foreground?.takeBack(pid)
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
  const terminal = new ChildTerminal(options)
  try {
    const process = started(program, args, terminal.options)
    terminal.entered()
    return process
  } catch (error) {
    terminal.abandon()
    throw error
  }
}

function started(program: string, args: readonly string[], options: TerminalOptions): Process {
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
