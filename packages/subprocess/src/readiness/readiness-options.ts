import { Process } from '../process.js'
import { requireMilliseconds } from '../require-number.js'

/** What ends the wait for something to be ready. */
export interface ReadinessOptions {
  /** Milliseconds after which it is a TimeoutError; null for never. Default: 30,000. */
  readonly timeout?: number | null | undefined
  /** Who is to make it ready: when that process has ended before, it is a NotReadyError. */
  readonly process?: Process | undefined
  /** Ends the wait when it is aborted: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export const defaultTimeout = 30_000

/** @throws TypeError or RangeError, with the option's name. */
export function requireReadinessOptions(options: ReadinessOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected an object with options, got ${String(options)}.`)
  }
  requireMilliseconds(options.timeout, 'timeout')
  requireProcess(options.process, 'for the option "process"')
}

/** @throws TypeError if it is neither a process nor left out. */
export function requireProcess(process: unknown, where: string): void {
  if (process === undefined || process instanceof Process) return
  throw new TypeError(`Expected a process ${where}, got ${typeof process}.`)
}
