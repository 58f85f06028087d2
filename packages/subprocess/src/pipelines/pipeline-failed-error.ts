import {
  describeCommand,
  describeDuration,
  describeEnd,
  describeOutput,
} from '../running/describe-end.js'
import type { ProcessResult } from '../running/process-result.js'
import type { PipelineResult } from './pipeline-result.js'

const brand = Symbol.for('tsyncio.PipelineFailedError')

/** Why a pipeline failed: one of it did by itself, or we had to end it. */
export type PipelineFault = 'exit' | 'timeout' | 'maxOutput'

function describeFailed(failed: ProcessResult): string {
  const end = `${describeEnd(failed)} after ${describeDuration(failed)}`
  return `${describeCommand(failed)} ${end}${describeOutput({ ...failed, stdout: null })}`
}

function describePipeline({ results, durationMs }: PipelineResult): string {
  return `${results.map(describeCommand).join(' | ')} (${Math.round(durationMs)} ms)`
}

const whyEnded = {
  exit: 'failed',
  timeout: 'took too long, and was ended',
  maxOutput: 'wrote too much, and was ended',
}

/**
 * Processes of a pipeline did not exit with 0, or the pipeline had to be ended: the message
 * says which, how, after how long, and has the last of the stderr of each that failed.
 */
export class PipelineFailedError<R extends PipelineResult = PipelineResult> extends Error {
  static {
    this.prototype.name = 'PipelineFailedError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_PIPELINE_FAILED'
  readonly fault: PipelineFault
  /** Everything that is known of the run. */
  readonly result: R
  /** Those of the results that are failures. */
  readonly failed: readonly ProcessResult[]

  constructor(result: R, failed: readonly ProcessResult[], fault: PipelineFault) {
    const parts = [`${describePipeline(result)} ${whyEnded[fault]}:`, ...failed.map(describeFailed)]
    super(parts.join('\n'))
    this.fault = fault
    this.result = result
    this.failed = failed
  }
}
