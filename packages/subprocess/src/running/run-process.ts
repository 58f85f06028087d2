import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireCommand } from '../require-command.js'
import { requireOptions } from '../subprocess-options.js'
import { OutputLimitError } from './output-limit-error.js'
import { ProcessFailedError } from './process-failed-error.js'
import type { ProcessResult } from './process-result.js'
import { ProcessTimeoutError } from './process-timeout-error.js'
import { runChain } from './run-chain.js'
import type { StderrOf, StdoutOf } from './run-output.js'
import {
  defaultMaxOutput,
  requireRunOptions,
  type RunProcessOptions,
} from './run-process-options.js'
import type { Command } from './start-chain.js'

function* ran(command: Command, options: RunProcessOptions): Gen<ProcessResult> {
  const { results, endedBy } = yield* runChain([command], options)
  const { maxOutput = defaultMaxOutput, check = true, timeout } = options
  const result = results[0] as ProcessResult
  if (endedBy === 'maxOutput') throw new OutputLimitError(result, maxOutput)
  if (endedBy === 'timeout') throw new ProcessTimeoutError(result, timeout as number)
  if (check && result.returncode !== 0) throw new ProcessFailedError(result)
  return result
}

/**
 * Runs a program to its end, and gives what it wrote: as text, or as bytes with
 * `encoding: 'buffer'` (Python's `subprocess.run`). It reads the `input`, or nothing.
 *
 * It is over when the program has ended and its output too, so what it has started and left
 * behind with its stdout holds it up: give such a program `stdout: 'null'`.
 *
 * Cancelled, aborted or out of time, it ends the program, as `process.close()` does, before
 * it throws. A cancelled scope waits for the `grace` too; a second cancellation kills at once.
 *
 * @throws ProcessFailedError if the program does not exit with 0, unless `check` is false;
 *   ProcessTimeoutError, OutputLimitError, which are kinds of it, if it had to be ended.
 * @throws OSError if it cannot be started; what the input throws; the reason of `signal`.
 * @example
 * ```ts
 * import { ProcessFailedError, run, runProcess } from 'tsyncio'
 *
 * await run(async () => {
 *   const { stdout } = await runProcess('sort', ['-r'], { input: 'a\nb\n' })
 *   console.log(stdout.split('\n')) // [ 'b', 'a', '' ]
 *   try {
 *     await runProcess('sh', ['-c', 'echo "no such thing" >&2; exit 3'])
 *   } catch (error) {
 *     if (!(error instanceof ProcessFailedError)) throw error
 *     console.log(error.result.returncode, error.result.stderr.trim()) // 3 no such thing
 *   }
 * })
 * ```
 */
export function runProcess<const O extends RunProcessOptions = Record<never, never>>(
  program: string,
  args: readonly string[] = [],
  options: O = {} as O,
): Coroutine<ProcessResult<StdoutOf<O>, StderrOf<O>>> {
  requireCommand(program, args)
  requireOptions(options)
  requireRunOptions(options)
  const running = abortable(options.signal, ran([program, ...args], options))
  return coroutine(running) as Coroutine<ProcessResult<StdoutOf<O>, StderrOf<O>>>
}
