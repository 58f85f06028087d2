import type { ProcessUsage } from '../process-usage.js'
import { signalName } from '../signal-name.js'

/** What a program read into memory: text or bytes; null for what was no pipe. */
export type Output = string | Buffer | null

/** How one run of a program went. */
export interface ProcessResult<Out = Output, Err = Output> {
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** What it exited with; -N when signal N ended it. */
  readonly returncode: number
  /** The signal that ended it; null when it exited. */
  readonly signal: NodeJS.Signals | null
  readonly stdout: Out
  readonly stderr: Err
  /** From its start to its end, in milliseconds. */
  readonly durationMs: number
  /** What it used of CPU and memory; null if somebody else reaped it. */
  readonly usage: ProcessUsage | null
}

export function processResult<Out, Err>(
  end: Omit<ProcessResult<Out, Err>, 'signal'>,
): ProcessResult<Out, Err> {
  return { ...end, signal: signalName(end.returncode) }
}
