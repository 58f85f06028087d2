const first = 500
const longest = 30_000
const longEnough = 10_000

/** How long to wait before a restart: 0.5 s, doubled each time up to 30 s. */
export class Backoff {
  #next = first

  /** @param ran how long the process ran; after 10 s it counts as having worked. */
  delayAfter(ran: number): number {
    if (ran >= longEnough) this.#next = first
    const delay = this.#next
    this.#next = Math.min(2 * delay, longest)
    return delay
  }
}
