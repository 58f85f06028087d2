import type { SignalSource } from './signal-source.js'

/** Signals as Node delivers them: other listeners of the process go on hearing them too. */
export class NodeSignals implements SignalSource {
  readonly #deliver: (number: number) => void
  readonly #listeners = new Map<number, () => void>()

  constructor(deliver: (number: number) => void) {
    this.#deliver = deliver
  }

  watch(signal: NodeJS.Signals, number: number): void {
    const listener = (): void => this.#deliver(number)
    this.#listeners.set(number, listener)
    process.on(signal, listener)
  }

  unwatch(signal: NodeJS.Signals, number: number): void {
    const listener = this.#listeners.get(number)
    if (listener !== undefined) process.off(signal, listener)
    this.#listeners.delete(number)
  }
}
