import { isCancelled } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

import { feedInput } from '../input/feed-input.js'
import type { Process } from '../process.js'
import { CapturedOutput } from './captured-output.js'
import { OutputBudget } from './output-budget.js'
import { processResult, type ProcessResult } from './process-result.js'
import { defaultMaxOutput, type RunProcessOptions } from './run-process-options.js'
import { startChain, type Command } from './start-chain.js'
import { supervise } from './supervise.js'

/** How a chain of programs went, and whether we had to end it. */
export interface ChainRun {
  readonly results: readonly ProcessResult[]
  readonly durationMs: number
  readonly endedBy: 'timeout' | 'maxOutput' | undefined
}

/** One program of a chain, with what is known of it. */
class Stage {
  readonly #process: Process
  readonly #command: Command
  readonly #stdout: CapturedOutput
  readonly #stderr: CapturedOutput
  readonly #start: number
  #end = 0

  constructor(process: Process, command: Command, budget: OutputBudget, start: number) {
    this.#process = process
    this.#command = command
    this.#stdout = new CapturedOutput(process.stdout, budget)
    this.#stderr = new CapturedOutput(process.stderr, budget)
    this.#start = start
  }

  works(): Gen<void>[] {
    return [this.#exit(), this.#stdout.collect(), this.#stderr.collect()]
  }

  result({ encoding = 'utf8' }: RunProcessOptions): ProcessResult {
    return processResult({
      command: this.#command,
      returncode: this.#process.returncode as number,
      stdout: this.#stdout.in(encoding),
      stderr: this.#stderr.in(encoding),
      durationMs: this.#end - this.#start,
      usage: this.#process.usage,
    })
  }

  *#exit(): Gen<void> {
    yield* this.#process.wait()
    this.#end = performance.now()
  }
}

function* feed([first]: readonly Process[], { input }: RunProcessOptions): Gen<void> {
  const stdin = first?.stdin ?? null
  if (stdin === null) return
  yield* feedInput(stdin, input)
}

/**
 * Starts the programs; feeds the first, and keeps what the last writes and what all say on
 * stderr; waits until they and their output have ended.
 */
export function* runChain(commands: readonly Command[], options: RunProcessOptions): Gen<ChainRun> {
  const { maxOutput = defaultMaxOutput } = options
  const start = performance.now()
  const budget = new OutputBudget(maxOutput)
  const processes = yield* startChain(commands, options)
  const stages = processes.map(
    (process, i) => new Stage(process, commands[i] as Command, budget, start),
  )
  const works = [feed(processes, options), ...stages.flatMap((stage) => stage.works())]
  let isInTime = true
  try {
    isInTime = yield* supervise(processes, works, options)
  } catch (error) {
    if (!budget.exceeded || isCancelled(error)) throw error
  }
  return {
    results: stages.map((stage) => stage.result(options)),
    durationMs: performance.now() - start,
    endedBy: budget.exceeded ? 'maxOutput' : isInTime ? undefined : 'timeout',
  }
}
