/** @throws TypeError or RangeError if nothing can be received into it. */
export function requireMemory(memory: Uint8Array): void {
  if (!(memory instanceof Uint8Array))
    throw new TypeError(`Expected a Uint8Array to receive into, got ${typeof memory}.`)
}

/** @throws TypeError or RangeError if it is no number of bytes to receive. */
export function requireReceiveCount(count: number): void {
  if (typeof count !== 'number')
    throw new TypeError(`Expected a number of bytes to receive, got ${typeof count}.`)
  if (!Number.isInteger(count) || count < 0 || count > 0x7fff_ffff)
    throw new RangeError(`Expected a number of bytes to receive, got ${count}.`)
}
