// The kernel counts in hundredths of a second: over less than this a share says little.
const shortest = 500

/** The share of a core that something has used of late, of what it has used in all. */
export class CpuMeter {
  #time: number
  #used: number
  #percent = 0

  /** @param now milliseconds. */
  constructor(now: number, used = 0) {
    this.#time = now
    this.#used = used
  }

  /**
   * Takes what has been used until `now`, both in milliseconds, and gives percent of one
   * core since the last reading that is old enough.
   */
  read(now: number, used: number): number {
    const elapsed = now - this.#time
    if (elapsed < shortest) return this.#percent
    this.#percent = Math.round((100 * Math.max(used - this.#used, 0)) / elapsed)
    this.#time = now
    this.#used = used
    return this.#percent
  }
}
