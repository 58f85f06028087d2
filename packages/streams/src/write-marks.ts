import type { WriteBufferLimits } from './transport.js'

const defaultHigh = 65_536

/** How much waits to be sent, and whom to tell of too much: `pause` and `resume` in pairs. */
export class WriteMarks {
  readonly #pause: () => void
  readonly #resume: () => void
  #size = 0
  #high = defaultHigh
  #low = defaultHigh / 4
  #paused = false

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause
    this.#resume = resume
  }

  get size(): number {
    return this.#size
  }

  get limits(): Required<WriteBufferLimits> {
    return { high: this.#high, low: this.#low }
  }

  /** @throws RangeError unless `high >= low >= 0`. */
  setLimits({ high, low }: WriteBufferLimits): void {
    const highest = high ?? (low === undefined ? defaultHigh : 4 * low)
    const lowest = low ?? Math.floor(highest / 4)
    if (!(highest >= lowest && lowest >= 0)) {
      throw new RangeError(`Expected high >= low >= 0, got high ${highest} and low ${lowest}.`)
    }
    this.#high = highest
    this.#low = lowest
    this.#update()
  }

  add(count: number): void {
    this.#size += count
    this.#update()
  }

  remove(count: number): void {
    this.#size -= count
    this.#update()
  }

  #update(): void {
    if (!this.#paused && this.#size > this.#high) {
      this.#paused = true
      this.#pause()
    } else if (this.#paused && this.#size <= this.#low) {
      this.#paused = false
      this.#resume()
    }
  }
}
