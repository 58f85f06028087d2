import { createSubprocessExec, DEVNULL, type Gen } from 'tsyncio'

import type { ProcessType } from './procfile.js'
import { UserError } from './user-error.js'

// Assignments and `exec` may stand before the program. Where the shell would expand or
// unquote something, it is not for us to say what the program is.
const beginning = /^(?:[A-Za-z_]\w*=[\w./:@%+,-]*\s+)*(?:exec\s+)?([\w./+-]+)(?=\s|;|&|\||$)/

/** The program that a command begins with; undefined if only the shell can tell. */
export function programOf(command: string): string | undefined {
  return beginning.exec(command)?.[1]
}

/**
 * Asks the shell, which knows its builtins and the PATH of the processes.
 *
 * @throws UserError if the program of a process is nowhere to be found.
 */
export function* requireProgram(
  { name, command, line }: ProcessType,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Gen<void> {
  const program = programOf(command)
  if (program === undefined) return
  const shell = yield* createSubprocessExec(
    '/bin/sh',
    ['-c', 'command -v -- "$1"', 'sh', program],
    { stdin: DEVNULL, stdout: DEVNULL, stderr: DEVNULL, cwd, env },
  )
  if ((yield* shell.wait()) === 0) return
  throw new UserError(`${name}: there is no program "${program}" (line ${line}: ${command})`)
}
