/** Signals as Node delivers them: other listeners of the process go on hearing them too. */
export class NodeSignals {
  readonly #deliver: (number: number) => void
  readonly #listeners = new Map<number, () => void>()
  readonly #skips = new Map<number, number>()

  constructor(deliver: (number: number) => void) {
    this.#deliver = deliver
  }

  watch(signal: NodeJS.Signals, number: number): void {
    const listener = (): void => this.#hear(number)
    this.#listeners.set(number, listener)
    process.on(signal, listener)
  }

  unwatch(signal: NodeJS.Signals, number: number): void {
    const listener = this.#listeners.get(number)
    if (listener !== undefined) process.off(signal, listener)
    this.#listeners.delete(number)
    this.#skips.delete(number)
  }

  /** Keeps silent about a signal that Node has yet to deliver. */
  skip(number: number): void {
    this.#skips.set(number, (this.#skips.get(number) ?? 0) + 1)
  }

  // Node delivers all that it has when it looks at its fds next, which it has done by the
  // second immediate. It has lost what did not fit into its pipe: that is not waited for.
  skipNoMore(): void {
    if (this.#skips.size === 0) return
    setImmediate(() => setImmediate(() => this.#skips.clear()).unref()).unref()
  }

  #hear(number: number): void {
    const skips = this.#skips.get(number) ?? 0
    if (skips === 0) this.#deliver(number)
    else this.#skips.set(number, skips - 1)
  }
}
