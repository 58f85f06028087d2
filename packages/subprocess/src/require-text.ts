/** @throws TypeError for what cannot be handed to the system as a string of C. */
export function requireText(value: unknown, what: string): asserts value is string {
  if (typeof value !== 'string') {
    throw new TypeError(`Expected a string for ${what}, got ${String(value)} (${typeof value}).`)
  }
  if (value.includes('\0')) throw new TypeError(`There is a NUL character in ${what}.`)
}
