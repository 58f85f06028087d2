import { describeEnd } from './describe-end.js'
import { ProcessFailedError } from './process-failed-error.js'
import type { Output, ProcessResult } from './process-result.js'

const brand = Symbol.for('tsyncio.ProcessTimeoutError')

/** A program took longer than its `timeout`; it has been ended. */
export class ProcessTimeoutError<Out = Output, Err = Output> extends ProcessFailedError<Out, Err> {
  static {
    this.prototype.name = 'ProcessTimeoutError'
  }
  readonly [brand] = true
  override readonly code = 'ERR_TSYNCIO_PROCESS_TIMEOUT'
  /** In milliseconds. */
  readonly timeout: number

  constructor(result: ProcessResult<Out, Err>, timeout: number) {
    super(result, `took longer than ${timeout} ms, and ${describeEnd(result as ProcessResult)}`)
    this.timeout = timeout
  }
}
