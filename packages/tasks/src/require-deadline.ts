/** @throws TypeError if `time` is no number, RangeError if it is NaN. */
export function requireDeadline(time: number | null): void {
  if (time === null) return
  if (typeof time !== 'number')
    throw new TypeError(`Expected milliseconds or null, got ${typeof time}.`)
  if (Number.isNaN(time)) throw new RangeError('Expected milliseconds or null, got NaN.')
}
