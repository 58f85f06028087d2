/** What is to be written, as bytes; strings are UTF-8. */
export function toBytes(data: Uint8Array | string): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  if (data instanceof Uint8Array) return data
  throw new TypeError(`Expected a Uint8Array or a string to write, got ${typeof data}.`)
}
