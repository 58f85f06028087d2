import type { SpawnSpec } from '@tsyncio/syscalls'

import { chosenGroup } from './chosen-group.js'
import { fdOf } from './stdio-option.js'
import type { StartedStdio } from './started-stdio.js'
import type { SubprocessOptions } from './subprocess-options.js'

function passedFds({ fds = {} }: SubprocessOptions): Record<number, number> {
  return Object.fromEntries(Object.entries(fds).map(([name, fd]) => [name, fdOf(fd) as number]))
}

/** What is spawned for these options. */
export function spawnPlan(
  program: string,
  args: readonly string[],
  options: SubprocessOptions,
  stdio: StartedStdio,
): SpawnSpec {
  const { cwd, env, argv0 = program, startNewSession } = options
  const { uid, gid, groups, umask } = options
  return {
    file: program,
    args: [argv0, ...args],
    env,
    cwd,
    stdio: stdio.child.fds,
    fds: passedFds(options),
    newSession: startNewSession,
    processGroup: chosenGroup(options, stdio.child.fds),
    foreground: options.processGroup === 0 && stdio.lendTerminal() ? 0 : undefined,
    uid,
    gid,
    groups,
    umask,
  }
}
