/** How many bytes may still be kept, of all outputs together. */
export class OutputBudget {
  #left: number
  #exceeded = false

  constructor(most: number) {
    this.#left = most
  }

  /** Whether there was more than that. */
  get exceeded(): boolean {
    return this.#exceeded
  }

  /** What may be kept of a chunk. */
  take(chunk: Buffer): Buffer {
    const kept = chunk.subarray(0, this.#left)
    this.#left -= kept.length
    if (kept.length < chunk.length) this.#exceeded = true
    return kept
  }
}
