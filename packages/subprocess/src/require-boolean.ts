/** @throws TypeError, with the option's name; left out is fine. */
export function requireBoolean(value: unknown, option: string): void {
  if (value === undefined || typeof value === 'boolean') return
  throw new TypeError(`Expected a boolean for the option "${option}", got ${typeof value}.`)
}
