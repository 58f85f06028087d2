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

import { ChildStdio } from './child-stdio.js'
import { ChildTerminal, terminalIndex, type TerminalOptions } from './pty/child-terminal.js'
import { Process } from './process.js'
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

function watched(
  loop: EventLoop,
  pid: number,
  pidfd: number,
  stdio: ChildStdio,
  options: TerminalOptions,
): Process {
  try {
    if (pidfd < 0) throw new UnsupportedError('Processes need pidfds, and so Linux 5.4 or later.')
    return new Process(loop, pid, pidfd, stdio, options)
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
  const { cwd, env, argv0 = program, startNewSession, processGroup, terminal } = options
  const loop = getEventLoop()
  const stdio = new ChildStdio(options)
  try {
    const out = new Int32Array(2)
    const pid = spawn(
      {
        file: program,
        args: [argv0, ...args],
        env,
        cwd,
        stdio: stdio.fds,
        newSession: startNewSession,
        processGroup,
        terminal: terminalIndex(terminal, stdio.fds),
      },
      out,
    )
    const [pidfd, step] = out as unknown as [number, number]
    if (pid < 0) throw spawnError(pid, step, program, cwd)
    return watched(loop, pid, pidfd, stdio, options)
  } finally {
    stdio.close()
  }
}
