import type { Handle } from './handle.js'
import type { SignalSource } from './signal-source.js'

const node = globalThis.process as NodeJS.Process | undefined
const uncatchable = new Set(['SIGKILL', 'SIGSTOP'])

function signalNumbers(): Record<string, number> {
  return node?.getBuiltinModule('node:os').constants.signals ?? {}
}

function isMainThread(): boolean {
  return node?.getBuiltinModule('node:worker_threads').isMainThread ?? false
}

/**
 * The signal handlers of one loop (SG1, SG2). A handler runs as a callback of the loop,
 * so unlike one of C it may touch everything.
 */
export class SignalHandlers {
  readonly #handles = new Map<number, { readonly name: NodeJS.Signals; readonly handle: Handle }>()
  readonly #schedule: (handle: Handle) => void
  #source: SignalSource

  constructor(
    source: (deliver: (number: number) => void) => SignalSource,
    schedule: (handle: Handle) => void,
  ) {
    this.#schedule = schedule
    this.#source = source(this.deliver)
  }

  readonly deliver = (number: number): void => {
    const entry = this.#handles.get(number)
    if (entry !== undefined) this.#schedule(entry.handle)
  }

  get size(): number {
    return this.#handles.size
  }

  add(signal: NodeJS.Signals, handle: Handle): void {
    const number = this.#validate(signal)
    if (!this.#handles.has(number)) this.#source.watch(signal, number)
    this.#handles.set(number, { name: signal, handle })
  }

  remove(signal: NodeJS.Signals): boolean {
    const number = this.#validate(signal)
    const entry = this.#handles.get(number)
    if (entry === undefined) return false
    entry.handle.cancel()
    this.#source.unwatch(entry.name, number)
    return this.#handles.delete(number)
  }

  /** Hears of signals from somewhere else from now on; gives where it did. */
  moveTo(source: SignalSource): SignalSource {
    const previous = this.#source
    for (const [number, { name }] of this.#handles) {
      // In this order: what is unwatched puts the default disposition back.
      previous.unwatch(name, number)
      source.watch(name, number)
    }
    this.#source = source
    return previous
  }

  clear(): void {
    for (const { name } of [...this.#handles.values()]) this.remove(name)
  }

  #validate(signal: NodeJS.Signals): number {
    if (typeof signal !== 'string') {
      throw new TypeError(
        `Expected the name of a signal such as 'SIGTERM', got ${String(signal)} (${typeof signal}).`,
      )
    }
    const number = signalNumbers()[signal]
    if (number === undefined) throw new RangeError(`There is no signal ${signal} on this system.`)
    if (uncatchable.has(signal)) throw new RangeError(`${signal} cannot be caught.`)
    if (!isMainThread()) {
      throw new Error(
        'Signals can be handled in the main thread only: use a loop there and loop.remote().',
      )
    }
    return number
  }
}
