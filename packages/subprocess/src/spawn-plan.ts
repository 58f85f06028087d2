import type { SpawnSpec } from '@tsyncio/syscalls'

import { chosenGroup } from './chosen-group.js'
import type { SubprocessOptions } from './subprocess-options.js'

/** What is spawned for these options. */
export function spawnPlan(
  program: string,
  args: readonly string[],
  options: SubprocessOptions,
  stdio: readonly number[],
): SpawnSpec {
  const { cwd, env, argv0 = program, startNewSession } = options
  return {
    file: program,
    args: [argv0, ...args],
    env,
    cwd,
    stdio,
    newSession: startNewSession,
    processGroup: chosenGroup(options, stdio),
  }
}
