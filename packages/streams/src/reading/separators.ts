import type { ByteQueue } from './byte-queue.js'
import { toBytes } from '../transports/to-bytes.js'

/** What a piece may end with: one separator, or several, of which the first to end counts. */
export type Separator = Uint8Array | string

// Where one separator is rare, looking for it must not cross all that has come for each of
// the pieces that others end: the search goes on by windows that double.
const firstWindow = 1024

/** The separators of one read, the shortest first. */
export class Separators {
  readonly #all: readonly Buffer[]
  /** The length of the longest. */
  readonly longest: number

  /** @throws RangeError if there is none, or an empty one. */
  constructor(separator: Separator | readonly Separator[]) {
    const all = Array.isArray(separator) ? (separator as Separator[]) : [separator as Separator]
    if (all.length === 0) throw new RangeError('Expected one separator at least, got none.')
    this.#all = all.map(asBuffer).sort((a, b) => a.length - b.length)
    if (this.#all[0]?.length === 0) {
      throw new RangeError('Expected a separator of at least one byte, got an empty one.')
    }
    this.longest = (this.#all.at(-1) as Buffer).length
  }

  /**
   * Where the separator that ends first begins and ends, from `from` on. Of two that end in
   * the same place it is the shorter, as in asyncio.
   */
  find(bytes: ByteQueue, from: number): { start: number; end: number } | undefined {
    if (this.#all.length === 1) return this.#findWithin(bytes, from, bytes.size)
    for (let window = firstWindow; ; window *= 2) {
      const to = Math.min(from + window, bytes.size)
      const found = this.#findWithin(bytes, from, to)
      if (found !== undefined || to === bytes.size) return found
    }
  }

  #findWithin(bytes: ByteQueue, from: number, to: number) {
    let found: { start: number; end: number } | undefined
    for (const separator of this.#all) {
      const start = bytes.indexOf(separator, from, found === undefined ? to : found.end - 1)
      if (start >= 0) found = { start, end: start + separator.length }
    }
    return found
  }
}

function asBuffer(separator: Separator): Buffer {
  const { buffer, byteOffset, length } = toBytes(separator)
  return Buffer.from(buffer, byteOffset, length)
}
