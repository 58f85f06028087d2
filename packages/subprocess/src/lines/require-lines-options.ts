import { requireInteger } from '../require-number.js'
import type { ProcessLinesOptions } from './process-lines.js'

/** @throws TypeError or RangeError, with the option's name. */
export function requireLinesOptions(options: ProcessLinesOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected an object with options, got ${String(options)}.`)
  }
  const { source, limit } = options
  if (source !== undefined && source !== 'stdout' && source !== 'stderr') {
    throw new TypeError(
      `Expected 'stdout' or 'stderr' for the option "source", got ${String(source)}.`,
    )
  }
  requireInteger(limit, 1, 'limit')
}
