import { osError, spawnSteps, type OSError } from '@tsyncio/syscalls'

/** The error for a child that could not be started, and whose fault that is. */
export function spawnError(
  errno: number,
  step: number,
  program: string,
  cwd: string | undefined,
): OSError {
  const name = spawnSteps[step] ?? 'clone'
  const path = name === 'chdir' ? cwd : name === 'execve' ? program : undefined
  return osError(errno, `spawn ${name}`, path === undefined ? {} : { path })
}
