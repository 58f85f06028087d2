import { describeEnd } from './describe-end.js'
import { ProcessFailedError } from './process-failed-error.js'
import type { Output, ProcessResult } from './process-result.js'

const brand = Symbol.for('tsyncio.OutputLimitError')

/** A program wrote more than `maxOutput`; it has been ended, and what was read is in the result. */
export class OutputLimitError<Out = Output, Err = Output> extends ProcessFailedError<Out, Err> {
  static {
    this.prototype.name = 'OutputLimitError'
  }
  readonly [brand] = true
  override readonly code = 'ERR_TSYNCIO_OUTPUT_LIMIT'
  /** In bytes. */
  readonly maxOutput: number

  constructor(result: ProcessResult<Out, Err>, maxOutput: number) {
    super(
      result,
      `wrote more than ${maxOutput} bytes (the option maxOutput), and ${describeEnd(result as ProcessResult)}`,
    )
    this.maxOutput = maxOutput
  }
}
