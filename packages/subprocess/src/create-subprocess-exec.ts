import { coroutine, type Coroutine } from '@tsyncio/tasks'

import type { Process } from './process.js'
import { requireCommand } from './require-command.js'
import { startProcess } from './start-process.js'
import { requireOptions, type SubprocessOptions } from './subprocess-options.js'

/**
 * Starts a program, which is looked for in the `PATH` of its environment, and gives the
 * process when the program runs (asyncio's `create_subprocess_exec`).
 *
 * The thread stands still meanwhile, for about as long as `execve(2)` takes: this
 * process's memory is not copied, however much there is. Cancelled before that, starts
 * nothing; the process is there afterwards, and the caller's.
 *
 * @throws OSError whose `syscall` names the step that failed: `spawn execve` with the
 *   program as `path`, `spawn chdir` with the folder, and so on. Nothing is left of the child.
 * @example
 * ```ts
 * import { createSubprocessExec, run } from 'tsyncio'
 *
 * await run(async () => {
 *   const process = await createSubprocessExec('tr', ['a-z', 'A-Z'], {
 *     stdin: 'pipe',
 *     stdout: 'pipe',
 *   })
 *   const [stdout] = await process.communicate('hello')
 *   console.log(String(stdout), process.returncode) // HELLO 0
 * })
 * ```
 */
export function createSubprocessExec(
  program: string,
  args: readonly string[] = [],
  options: SubprocessOptions = {},
): Coroutine<Process> {
  requireCommand(program, args)
  requireOptions(options)
  return coroutine(startProcess(program, [...args], options))
}
