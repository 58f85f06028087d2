import type { FdWatchers } from './fd-watchers.js'
import type { Handle } from './handle.js'
import { NodeSignals } from './node-signals.js'
import { PipeSignals } from './pipe-signals.js'

const node = globalThis.process as NodeJS.Process | undefined

// The kernel delivers the first two to nobody. After the others, when they are real, the
// code that failed runs again and fails again: no callback would ever have its turn.
const uncatchable = new Set(['SIGKILL', 'SIGSTOP', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL'])

function signalNumbers(): Record<string, number> {
  return node?.getBuiltinModule?.('node:os').constants.signals ?? {}
}

function isMainThread(): boolean {
  return node?.getBuiltinModule?.('node:worker_threads').isMainThread ?? false
}

function numberOf(signal: NodeJS.Signals): number {
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

/**
 * The signal handlers of one loop (SG1, SG2). A handler runs as a callback of the loop,
 * so unlike one of C it may touch everything.
 */
export class SignalHandlers {
  readonly #handles = new Map<number, { readonly name: NodeJS.Signals; readonly handle: Handle }>()
  readonly #schedule: (handle: Handle) => void
  readonly #node = new NodeSignals((number) => this.#deliver(number))
  #pipe: PipeSignals | undefined

  constructor(schedule: (handle: Handle) => void) {
    this.#schedule = schedule
  }

  add(signal: NodeJS.Signals, handle: Handle): void {
    const number = numberOf(signal)
    if (!this.#handles.has(number)) {
      this.#node.watch(signal, number)
      this.#pipe?.watch(signal, number)
    }
    this.#handles.set(number, { name: signal, handle })
  }

  remove(signal: NodeJS.Signals): boolean {
    const number = numberOf(signal)
    const entry = this.#handles.get(number)
    if (entry === undefined) return false
    entry.handle.cancel()
    this.#pipe?.unwatch(number)
    this.#node.unwatch(entry.name, number)
    return this.#handles.delete(number)
  }

  clear(): void {
    for (const { name } of [...this.#handles.values()]) this.remove(name)
  }

  /**
   * Node delivers no signals while `body` owns the thread: they come through a pipe. Node's
   * listeners stay, so that no signal finds nobody between the two; what they hear
   * afterwards of a signal that came through the pipe, they keep to themselves.
   */
  whileBlocking<T>(fds: FdWatchers, body: () => T): T {
    const pipe = new PipeSignals(fds, (number) => {
      this.#node.skip(number)
      this.#deliver(number)
    })
    try {
      for (const [number, { name }] of this.#handles) pipe.watch(name, number)
      this.#pipe = pipe
      return body()
    } finally {
      this.#pipe = undefined
      for (const number of this.#handles.keys()) pipe.unwatch(number)
      pipe.close()
      this.#node.skipNoMore()
    }
  }

  #deliver(number: number): void {
    const entry = this.#handles.get(number)
    if (entry !== undefined) this.#schedule(entry.handle)
  }
}
