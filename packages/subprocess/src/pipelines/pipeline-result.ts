import type { Output, ProcessResult } from '../running/process-result.js'

/** How one run of a pipeline went. */
export interface PipelineResult<
  Out = Output,
  Results extends readonly ProcessResult[] = readonly ProcessResult[],
> {
  /** Of each of its processes, in their order. What they write to each other is in none. */
  readonly results: Results
  /** What the last one wrote. */
  readonly stdout: Out
  /** From the start of the first to the end of all and of their output, in milliseconds. */
  readonly durationMs: number
}
