import type { EventLoop, Runnable } from '@tsyncio/loop'

/** Runs something in every turn: for a device that cannot be waited for, as it never blocks. */
export class AlwaysReady implements Runnable {
  readonly #loop: EventLoop
  readonly #target: Runnable
  #wanted = false
  #scheduled = false

  constructor(loop: EventLoop, target: Runnable) {
    this.#loop = loop
    this.#target = target
  }

  start(): void {
    this.#wanted = true
    if (this.#scheduled) return
    this.#scheduled = true
    this.#loop.schedule(this)
  }

  stop(): void {
    this.#wanted = false
  }

  run(): void {
    this.#scheduled = false
    if (this.#wanted) this.#target.run()
    // The target may have stopped it meanwhile.
    if (this.#wanted) this.start()
  }
}
