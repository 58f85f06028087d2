import { BlockingDriver } from './blocking-driver.js'
import type { DriverFactory } from './driver.js'
import type { EventLoop } from './event-loop.js'
import type { Future } from './future.js'
import { InvalidStateError } from './invalid-state-error.js'
import { PipeSignals } from './pipe-signals.js'
import { runBlocking, runHosted } from './run.js'
import { inTurn } from './running-loop.js'
import type { SignalHandlers } from './signal-handlers.js'

/** The runs of one loop: one at a time, hosted or blocking. */
export class Runs {
  readonly #loop: EventLoop
  readonly #signals: SignalHandlers
  readonly #driver: DriverFactory
  isRunning = false

  constructor(loop: EventLoop, signals: SignalHandlers, driver: DriverFactory) {
    this.#loop = loop
    this.#signals = signals
    this.#driver = driver
  }

  hosted(future: Future | undefined): Promise<unknown> {
    try {
      this.#start(future)
    } catch (error) {
      return Promise.reject(error as Error)
    }
    const { core } = this.#loop
    return runHosted(core, this.#driver(core), future, () => (this.isRunning = false))
  }

  // Node delivers no signals while the thread is ours: they come through a pipe.
  blocking(future: Future | undefined): unknown {
    if (inTurn()) {
      throw new InvalidStateError(
        'A loop is running in this thread: it cannot be blocked by another.',
      )
    }
    this.#start(future)
    const { core } = this.#loop
    const pipe = new PipeSignals(core.fds, this.#signals.deliver)
    const source = this.#signals.moveTo(pipe)
    try {
      return runBlocking(core, new BlockingDriver(core), future)
    } finally {
      this.isRunning = false
      this.#signals.moveTo(source)
      pipe.close()
    }
  }

  #start(future: Future | undefined): void {
    if (this.#loop.isClosed()) throw new InvalidStateError('The loop is closed.')
    if (this.isRunning) throw new InvalidStateError('The loop is running already.')
    if (future !== undefined && future.getLoop() !== this.#loop) {
      throw new TypeError(`${future.toString()} belongs to another loop.`)
    }
    this.isRunning = true
  }
}
