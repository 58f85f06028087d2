import type { SpawnSpec } from '@tsyncio/syscalls'

import type { ChildStdio } from './child-stdio.js'
import { chosenGroup } from './chosen-group.js'
import { fdOf } from './fd-of.js'
import { terminalIndex, type TerminalOptions } from './pty/child-terminal.js'
import type { SubprocessOptions } from './subprocess-options.js'

function passedFds({ fds = {} }: SubprocessOptions): Record<number, number> {
  return Object.fromEntries(Object.entries(fds).map(([name, fd]) => [name, fdOf(fd) as number]))
}

/** What the system is told to start. */
export function childSpec(
  program: string,
  args: readonly string[],
  options: TerminalOptions,
  stdio: ChildStdio,
  takesForeground: boolean,
): SpawnSpec {
  const { argv0 = program, startNewSession, cwd, env } = options
  const { uid, gid, groups, umask } = options
  return {
    file: program,
    args: [argv0, ...args],
    env,
    cwd,
    stdio: stdio.fds,
    fds: passedFds(options),
    newSession: startNewSession,
    processGroup: chosenGroup(options, stdio.fds),
    terminal: terminalIndex(options.terminal, stdio.fds),
    foreground: takesForeground ? 0 : undefined,
    uid,
    gid,
    groups,
    umask,
  }
}
