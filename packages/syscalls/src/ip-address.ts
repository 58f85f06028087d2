/** The 4 bytes of a dotted IPv4 address, or `undefined` when `text` is none. No leading zeros. */
export function parseIPv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return Uint8Array.from(parts, Number)
}

/** The 16-bit groups of one side of a `::`; the last may be a dotted IPv4 address. */
function parseGroups(text: string, mayEndDotted: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const groups: number[] = []
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(parseInt(part, 16))
    } else {
      const bytes = mayEndDotted && i === parts.length - 1 ? parseIPv4(part) : undefined
      if (bytes === undefined) return undefined
      groups.push((bytes[0]! << 8) | bytes[1]!, (bytes[2]! << 8) | bytes[3]!)
    }
  }
  return groups
}

/** The 16 bytes of an IPv6 address (RFC 4291), without a zone; or `undefined` when `text` is none. */
export function parseIPv6(text: string): Uint8Array | undefined {
  const sides = text.split('::')
  if (sides.length > 2) return undefined
  const [head, tail] = sides as [string, string?]
  const before = parseGroups(head, tail === undefined)
  const after = tail === undefined ? [] : parseGroups(tail, true)
  if (before === undefined || after === undefined) return undefined
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array<number>(missing).fill(0), ...after]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]))
}

/** An IPv4 address as text. */
export function formatIPv4(bytes: Uint8Array): string {
  return bytes.join('.')
}

/** Where the first longest run of two or more zero groups begins, and how long it is. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

/** An IPv6 address as text, shortened as RFC 5952 says; IPv4 inside it stays dotted. */
export function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!)
  const { start, length } = longestZeros(groups)
  const isDotted = start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))
  if (isDotted) return `${length === 5 ? '::ffff:' : '::'}${formatIPv4(bytes.subarray(12))}`
  const hex = groups.map((group) => group.toString(16))
  if (start < 0) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}
