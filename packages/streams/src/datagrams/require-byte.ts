/** @throws TypeError or RangeError unless `value` is a whole number from 0 to 255. */
export function requireByte(value: number, name: string): number {
  if (typeof value !== 'number') {
    throw new TypeError(`Expected ${name} to be a number, got ${typeof value}.`)
  }
  if (Number.isInteger(value) && value >= 0 && value <= 255) return value
  throw new RangeError(`Expected ${name} to be from 0 to 255, got ${value}.`)
}
