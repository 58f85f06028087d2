import { SIGPIPE } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireCommand } from '../require-command.js'
import type { ProcessResult } from '../running/process-result.js'
import { runChain } from '../running/run-chain.js'
import type { StderrOf, StdoutOf } from '../running/run-output.js'
import { requireRunOptions } from '../running/run-process-options.js'
import type { Command } from '../running/start-chain.js'
import { requireOptions } from '../subprocess-options.js'
import { PipelineFailedError } from './pipeline-failed-error.js'
import type { PipelineOptions } from './pipeline-options.js'
import type { PipelineResult } from './pipeline-result.js'

/** The result of each command of the pipeline `C`. */
type ResultsOf<C extends readonly Command[], O> = {
  readonly [K in keyof C]: ProcessResult<StdoutOf<O> | null, StderrOf<O>>
}

function requireCommands(commands: unknown): void {
  if (!Array.isArray(commands)) {
    throw new TypeError(`Expected an array of commands, got ${String(commands)}.`)
  }
  if (commands.length === 0) throw new RangeError('Expected one command at least, got none.')
  for (const command of commands as unknown[]) {
    if (!Array.isArray(command)) {
      throw new TypeError(`Expected [program, ...arguments], got ${String(command)}.`)
    }
    requireCommand(command[0], command.slice(1))
  }
}

function failuresOf(results: readonly ProcessResult[], allowSigpipe: boolean): ProcessResult[] {
  return results.filter(({ returncode }, index) => {
    const hasReader = index < results.length - 1
    return returncode !== 0 && !(allowSigpipe && hasReader && returncode === -SIGPIPE)
  })
}

function* piped(commands: readonly Command[], options: PipelineOptions): Gen<PipelineResult> {
  const { check = true, allowSigpipe = true } = options
  const { results, durationMs, endedBy } = yield* runChain(commands, options)
  const result = { results, durationMs, stdout: results.at(-1)?.stdout ?? null }
  const failed = failuresOf(results, allowSigpipe)
  if (endedBy !== undefined) throw new PipelineFailedError(result, failed, endedBy)
  if (check && failed.length > 0) throw new PipelineFailedError(result, failed, 'exit')
  return result
}

/**
 * Runs programs each of which reads what the one before it writes, without a shell. The
 * pipes are between the programs: nothing of what they write to each other passes through
 * this process. The first reads the `input`, or nothing; what the last writes is the
 * result's, as are the exit code and the stderr of each.
 *
 * One that does not exit with 0 is a failure, wherever it stands. A shell looks at the last
 * one alone; with `set -o pipefail` it also takes one for a failure that was ended by
 * SIGPIPE, since the next one had read enough: this does not, unless `allowSigpipe` is false.
 *
 * Cancelled, aborted or out of time, it ends all of them before it throws, as `runProcess`.
 *
 * @throws PipelineFailedError if one fails, unless `check` is false; if they had to be ended.
 * @throws OSError if one cannot be started: none is left then. What the input throws.
 * @example
 * ```ts
 * import { pipeline, run } from 'tsyncio'
 *
 * await run(async () => {
 *   const { stdout, results } = await pipeline([['yes'], ['head', '-n', '2'], ['tr', 'y', 'n']])
 *   console.log(stdout.split('\n')) // [ 'n', 'n', '' ]
 *   console.log(results[0].signal, results[2].returncode) // SIGPIPE 0
 * })
 * ```
 */
export function pipeline<
  const C extends readonly Command[],
  const O extends PipelineOptions = Record<never, never>,
>(commands: C, options: O = {} as O): Coroutine<PipelineResult<StdoutOf<O>, ResultsOf<C, O>>> {
  requireCommands(commands)
  requireOptions(options)
  requireRunOptions(options)
  if (options.allowSigpipe !== undefined && typeof options.allowSigpipe !== 'boolean')
    throw new TypeError('Expected a boolean for the option "allowSigpipe".')
  const own = commands.map(([program, ...args]): Command => [program, ...args])
  const running = abortable(options.signal, piped(own, options))
  return coroutine(running) as Coroutine<PipelineResult<StdoutOf<O>, ResultsOf<C, O>>>
}
