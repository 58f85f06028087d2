import { unsupportedReason, UnsupportedError } from '@tsyncio/syscalls'

import { BlockingDriver } from './blocking-driver.js'
import type { Driver, DriverFactory } from './driver.js'
import type { EventLoop } from './event-loop.js'
import type { Future } from './future.js'
import { InvalidStateError } from './invalid-state-error.js'
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
    const { core } = this.#loop
    let driver: Driver
    try {
      this.#check(future)
      driver = this.#driver(core)
    } catch (error) {
      return Promise.reject(error)
    }
    this.isRunning = true
    return runHosted(core, driver, future, () => (this.isRunning = false))
  }

  blocking(future: Future | undefined): unknown {
    if (inTurn()) {
      throw new InvalidStateError(
        'A loop is running in this thread: it cannot be blocked by another.',
      )
    }
    if (unsupportedReason !== undefined) {
      throw new UnsupportedError(
        `A loop that owns its thread needs the native part of tsyncio, and ${unsupportedReason}`,
      )
    }
    this.#check(future)
    this.isRunning = true
    try {
      const { core } = this.#loop
      return this.#signals.whileBlocking(core.fds, () =>
        runBlocking(core, new BlockingDriver(core), future),
      )
    } finally {
      this.isRunning = false
    }
  }

  #check(future: Future | undefined): void {
    if (this.#loop.isClosed()) throw new InvalidStateError('The loop is closed.')
    if (this.isRunning) throw new InvalidStateError('The loop is running already.')
    if (future !== undefined && future.getLoop() !== this.#loop) {
      throw new TypeError(`${future.toString()} belongs to another loop.`)
    }
  }
}
