import type { SendFileOptions } from './copy-file.js'

/** @throws TypeError or RangeError if the options are none. */
export function requireSendFileOptions({ offset, count, fallback }: SendFileOptions): void {
  requireWhole('offset', offset, 0)
  requireWhole('count', count, 1)
  if (fallback !== undefined && typeof fallback !== 'boolean')
    throw new TypeError(`Expected a boolean for fallback, got ${typeof fallback}.`)
}

function requireWhole(name: string, value: unknown, least: number): void {
  if (value === undefined) return
  if (typeof value !== 'number')
    throw new TypeError(`Expected a number for ${name}, got ${typeof value}.`)
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`Expected a whole number from ${least} on for ${name}, got ${value}.`)
}
