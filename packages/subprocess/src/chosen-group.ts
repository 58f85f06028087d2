import { isatty } from 'node:tty'

import type { SubprocessOptions } from './subprocess-options.js'

/**
 * The process group of a new process, as `setpgid(2)` has it; undefined for this process's.
 *
 * A group of its own, so that it can be ended as a whole. But whoever reads from a terminal
 * in another group than the one in its foreground is stopped, so a process that has one
 * stays here.
 */
export function chosenGroup(
  { processGroup, startNewSession }: SubprocessOptions,
  stdio: readonly number[],
): number | undefined {
  if (processGroup === 'inherit' || startNewSession === true) return undefined
  return processGroup ?? (stdio.some((fd) => isatty(fd)) ? undefined : 0)
}
