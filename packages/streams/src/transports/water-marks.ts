import type { WriteBufferLimits } from './transport.js'

/** Who is told when to stop writing, and when to go on. */
export interface FlowListener {
  pauseWriting(): void
  resumeWriting(): void
}

const defaultHigh = 65_536

/** Tells a writer to pause when too much waits to be sent, and to resume when it has gone. */
export class WaterMarks {
  readonly #listener: FlowListener
  #high = defaultHigh
  #low = defaultHigh / 4
  #paused = false

  constructor(listener: FlowListener) {
    this.#listener = listener
  }

  get limits(): Required<WriteBufferLimits> {
    return { high: this.#high, low: this.#low }
  }

  /** Whether `size` bytes would let a paused writer go on. */
  wouldResume(size: number): boolean {
    return this.#paused && size <= this.#low
  }

  /** @throws RangeError unless high >= low >= 0. */
  setLimits({ high, low }: WriteBufferLimits): void {
    const highest = high ?? (low === undefined ? defaultHigh : 4 * low)
    const lowest = low ?? Math.floor(highest / 4)
    if (!(highest >= lowest && lowest >= 0)) {
      throw new RangeError(`Expected high >= low >= 0, got high ${highest} and low ${lowest}.`)
    }
    this.#high = highest
    this.#low = lowest
  }

  // Strictly in pairs, and at once: the writer learns it before it writes more.
  check(size: number): void {
    if (!this.#paused && size > this.#high) {
      this.#paused = true
      this.#listener.pauseWriting()
    } else if (this.wouldResume(size)) {
      this.#paused = false
      this.#listener.resumeWriting()
    }
  }
}
