import type { Coroutine } from '@tsyncio/tasks'

import { createSubprocessExec } from './create-subprocess-exec.js'
import type { Process } from './process.js'
import { requireText } from './require-text.js'
import type { SubprocessOptions } from './subprocess-options.js'

/**
 * Has `/bin/sh` carry out a command (asyncio's `create_subprocess_shell`). Quoting is the
 * shell's: what comes from outside belongs in an argument of
 * {@link createSubprocessExec}, or in a variable of `env`, not in the command.
 *
 * @throws OSError as {@link createSubprocessExec} does. A command that the shell does not
 *   find is no error: it exits with 127.
 * @example
 * ```ts
 * import { createSubprocessShell, run } from 'tsyncio'
 *
 * await run(function* () {
 *   const process = yield* createSubprocessShell('echo "$WHO" | wc -c', {
 *     stdout: 'pipe',
 *     env: { ...globalThis.process.env, WHO: 'you' },
 *   })
 *   const [stdout] = yield* process.communicate()
 *   console.log(Number(stdout)) // 4
 * })
 * ```
 */
export function createSubprocessShell(
  command: string,
  options: SubprocessOptions = {},
): Coroutine<Process> {
  requireText(command, 'the command')
  return createSubprocessExec('/bin/sh', ['-c', command], options)
}
