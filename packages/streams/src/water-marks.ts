import type { WriteBufferLimits } from './transport.js'

const defaultHigh = 65_536

/** Who is told to stop writing and to go on. */
export interface FlowListener {
  pauseWriting(): void
  resumeWriting(): void
}

/** Pauses a writer when too much waits to be sent, and resumes it when that has shrunk. */
export class WaterMarks {
  #high = defaultHigh
  #low = defaultHigh / 4
  #paused = false

  get limits(): Required<WriteBufferLimits> {
    return { high: this.#high, low: this.#low }
  }

  /** Whether `size` bytes would let a paused writer go on. */
  wouldResume(size: number): boolean {
    return this.#paused && size <= this.#low
  }

  /** @throws RangeError unless high >= low >= 0. */
  set({ high, low }: WriteBufferLimits): void {
    const highest = high ?? (low === undefined ? defaultHigh : 4 * low)
    const lowest = low ?? Math.floor(highest / 4)
    if (!(highest >= lowest && lowest >= 0)) {
      throw new RangeError(`Expected high >= low >= 0, got high ${highest} and low ${lowest}.`)
    }
    this.#high = highest
    this.#low = lowest
  }

  // Strictly in pairs, and at once: the writer learns it before it writes more.
  control(size: number, listener: FlowListener): void {
    if (!this.#paused && size > this.#high) {
      this.#paused = true
      listener.pauseWriting()
    } else if (this.wouldResume(size)) {
      this.#paused = false
      listener.resumeWriting()
    }
  }
}
