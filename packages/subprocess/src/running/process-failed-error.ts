import { describeCommand, describeDuration, describeEnd, describeOutput } from './describe-end.js'
import type { Output, ProcessResult } from './process-result.js'

const brand = Symbol.for('tsyncio.ProcessFailedError')

/**
 * A program that was run did not exit with 0: the message has the command, how it ended,
 * after how long, and the last of its stderr. Two errors are kinds of it:
 * `ProcessTimeoutError` and `OutputLimitError`.
 */
export class ProcessFailedError<Out = Output, Err = Output> extends Error {
  static {
    this.prototype.name = 'ProcessFailedError'
  }
  readonly [brand] = true
  readonly code: string = 'ERR_TSYNCIO_PROCESS_FAILED'
  /** Everything that is known of the run, with all that was read. */
  readonly result: ProcessResult<Out, Err>

  constructor(
    result: ProcessResult<Out, Err>,
    what = `${describeEnd(result as ProcessResult)} after ${describeDuration(result as ProcessResult)}`,
  ) {
    const known = result as ProcessResult
    super(`${describeCommand(known)} ${what}${describeOutput(known)}`)
    this.result = result
  }
}
