function requireNumber(value: unknown, what: string, option: string): asserts value is number {
  if (typeof value === 'number') return
  throw new TypeError(
    `Expected ${what} for the option "${option}", got ${String(value)} (${typeof value}).`,
  )
}

/** @throws TypeError or RangeError, with the option's name; left out is fine. */
export function requireInteger(
  value: unknown,
  least: number,
  option: string,
  most = Infinity,
): void {
  if (value === undefined) return
  requireNumber(value, 'a number', option)
  if ((Number.isInteger(value) || value === Infinity) && value >= least && value <= most) return
  throw new RangeError(
    `Expected an integer from ${least} on for the option "${option}", got ${value}.`,
  )
}

/** @throws TypeError or RangeError, with the option's name; left out, or null for never, is fine. */
export function requireMilliseconds(value: unknown, option: string): void {
  if (value === undefined || value === null) return
  requireNumber(value, 'milliseconds', option)
  if (value >= 0) return
  throw new RangeError(`Expected milliseconds for the option "${option}", got ${value}.`)
}
