/** Bytes that came in pieces and go in others. Nothing is copied that lies in one piece. */
export class ByteQueue {
  readonly #chunks: Buffer[] = []
  /** How much of the first chunk is gone. */
  #start = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  /** Puts a chunk before all that is there. */
  putBack(chunk: Buffer): void {
    const [first] = this.#chunks
    if (first !== undefined) this.#chunks[0] = first.subarray(this.#start)
    this.#start = 0
    this.#chunks.unshift(chunk)
    this.#size += chunk.length
  }

  /** Takes the first `count` bytes, of which there must be so many. */
  take(count: number): Buffer {
    if (count === 0) return Buffer.alloc(0)
    const first = this.#chunks[0] as Buffer
    const end = this.#start + count
    if (end > first.length) return this.#join(count)
    const piece =
      this.#start === 0 && end === first.length ? first : first.subarray(this.#start, end)
    this.#skip(count)
    return piece
  }

  /** The first `count` bytes, of which there must be so many; they stay. */
  peek(count: number): Buffer {
    const start = this.#start
    const first = this.#chunks[0]
    if (first === undefined || start + count > first.length) return this.#copy(0, count)
    return first.subarray(start, start + count)
  }

  /** Moves to `target` what there is room for: how many bytes that were. */
  takeInto(target: Uint8Array): number {
    const count = Math.min(target.length, this.#size)
    this.#copyTo(target, 0, count)
    this.#skip(count)
    return count
  }

  /** Where `separator` begins, of those that lie from `from` to `to`; -1 if there is none. */
  indexOf(separator: Buffer, from: number, to: number): number {
    const needle = separator.length === 1 ? (separator[0] as number) : separator
    let base = -this.#start
    for (const chunk of this.#chunks) {
      if (base >= to) break
      const end = base + chunk.length
      if (from < end) {
        const part = end > to ? chunk.subarray(0, to - base) : chunk
        const found = part.indexOf(needle, Math.max(from - base, 0))
        if (found >= 0) return base + found
        const across = end < to ? this.#indexAcross(separator, from, end, to) : -1
        if (across >= 0) return across
      }
      base = end
    }
    return -1
  }

  // A separator that begins in one chunk and ends in a later one.
  #indexAcross(separator: Buffer, from: number, border: number, to: number): number {
    const reach = separator.length - 1
    if (reach === 0) return -1
    const start = Math.max(from, border - reach, 0)
    const found = this.#copy(start, Math.min(border + reach, to)).indexOf(separator)
    return found < 0 ? -1 : start + found
  }

  #copy(start: number, end: number): Buffer {
    const copy = Buffer.allocUnsafe(end - start)
    this.#copyTo(copy, start, end)
    return copy
  }

  #copyTo(target: Uint8Array, start: number, end: number): void {
    let base = -this.#start
    for (const chunk of this.#chunks) {
      if (base >= end) break
      const from = Math.max(start - base, 0)
      const to = Math.min(end - base, chunk.length)
      if (from < to) target.set(chunk.subarray(from, to), base + from - start)
      base += chunk.length
    }
  }

  #join(count: number): Buffer {
    const joined = this.#copy(0, count)
    this.#skip(count)
    return joined
  }

  #skip(count: number): void {
    this.#size -= count
    let left = this.#start + count
    let whole = 0
    for (const chunk of this.#chunks) {
      if (left < chunk.length) break
      left -= chunk.length
      whole++
    }
    this.#start = left
    if (whole === 1) this.#chunks.shift()
    else if (whole > 1) this.#chunks.splice(0, whole)
  }
}
