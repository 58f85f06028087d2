import type { Driver } from './driver.js'
import { HostedDriver } from './hosted-driver.js'
import type { LoopCore } from './loop-core.js'
import type { WaitingClock } from './waiting-clock.js'

/** A loop inside Node's whose clock decides when the next deadline has come; fds are real. */
export class ClockDriver implements Driver {
  readonly name = 'hosted'
  readonly #core: LoopCore
  readonly #clock: WaitingClock
  readonly #hosted: HostedDriver
  #running = true
  #takeBack: () => void = () => undefined

  constructor(core: LoopCore, clock: WaitingClock) {
    this.#core = core
    this.#clock = clock
    this.#hosted = new HostedDriver(core)
  }

  start(takeTurn: () => void): void {
    this.#hosted.start(() => {
      this.#takeBack()
      takeTurn()
      if (this.#running && !this.#core.hasWork) this.#wait()
    })
  }

  stop(): void {
    this.#running = false
    this.#takeBack()
    this.#hosted.stop()
  }

  wake(): void {
    this.#takeBack()
    this.#hosted.wake()
  }

  drainMicrotasks(): boolean {
    return this.#hosted.drainMicrotasks()
  }

  #wait(): void {
    this.#takeBack = this.#clock.wait(this.#core, () => this.#core.wake())
  }
}
