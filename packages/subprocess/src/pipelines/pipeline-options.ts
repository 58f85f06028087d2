import type { RunProcessOptions } from '../running/run-process-options.js'

/** How a pipeline is run: what concerns one process concerns each of them. */
export interface PipelineOptions extends Omit<RunProcessOptions, 'check' | 'argv0' | 'limit'> {
  /** Whether it is an error when one of them fails. Default: true. */
  readonly check?: boolean | undefined
  /**
   * Whether one that was ended by SIGPIPE, since the next one has read enough, has not
   * failed. Default: true.
   */
  readonly allowSigpipe?: boolean | undefined
}
