import type { ContextValues } from './context.js'
import { Handle, type Callback } from './handle.js'
import type { Timers } from './timers.js'

/**
 * A callback with a time (asyncio's `TimerHandle`): what `callLater` and `callAt` give.
 * Until it ran or was cancelled it keeps the process alive, unless it is `unref`'d.
 */
export class TimerHandle extends Handle {
  readonly #when: number
  #refs = true
  /** Whether the handle is counted among the timers that wait: kept by `Timers`. */
  waiting = false

  constructor(
    timers: Timers,
    when: number,
    callback: Callback,
    args: readonly unknown[],
    context: ContextValues,
  ) {
    super(timers, callback, args, context)
    this.#when = when
  }

  /** When the callback is due, on the loop's clock, in milliseconds. */
  when(): number {
    return this.#when
  }

  override cancel(): void {
    if (this.cancelled()) return
    super.cancel()
    if (this.waiting) this.#timers.forget(this)
  }

  // A timer reports through the timers that it is one of, and needs no other way to them.
  get #timers(): Timers {
    return this.reporter as Timers
  }

  /** Whether the timer keeps the process alive while it waits. */
  hasRef(): boolean {
    return this.#refs
  }

  ref(): this {
    if (!this.#refs && this.waiting) this.#timers.refs.add()
    this.#refs = true
    return this
  }

  unref(): this {
    if (this.#refs && this.waiting) this.#timers.refs.remove()
    this.#refs = false
    return this
  }
}
