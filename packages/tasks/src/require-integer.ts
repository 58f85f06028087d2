/** @throws TypeError, or RangeError if `value` is no integer or less than `least`. */
export function requireInteger(value: number, what: string, least: number): void {
  if (typeof value !== 'number') {
    throw new TypeError(`Expected ${what}, got ${String(value)} (${typeof value}).`)
  }
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`Expected ${what}, an integer of at least ${least}, got ${value}.`)
  }
}
