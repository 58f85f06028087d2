import { abortable } from './abortable.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { Line } from './line.js'
import { LoopBinding } from './loop-binding.js'
import { Waiter } from './waiter.js'

class EventLine extends Line<true> {
  isSet = false

  override arrive(): boolean {
    return this.isSet
  }

  take(): true {
    return true
  }
}

/**
 * Something that happens, or has happened (asyncio's `Event`, not the DOM's): a flag that
 * tasks wait for.
 *
 * @example
 * ```ts
 * import { createTask, Event, run } from 'tsyncio'
 *
 * await run(async () => {
 *   const ready = new Event()
 *   const waiting = createTask(async () => {
 *     await ready.wait()
 *     console.log('ready')
 *   })
 *   ready.set()
 *   await waiting // ready
 * })
 * ```
 */
export class Event {
  readonly #line = new EventLine(new LoopBinding(this))

  /** Wakes everybody who waits, even if it is cleared before they run. */
  set(): void {
    if (this.#line.isSet) return
    this.#line.isSet = true
    this.#line.wakeAll()
  }

  /** Makes those wait who come from now on. */
  clear(): void {
    this.#line.isSet = false
  }

  isSet(): boolean {
    return this.#line.isSet
  }

  /**
   * Waits until the event is set; not at all if it is. Cancelling just ends the wait.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   */
  wait(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<true> {
    return coroutine(abortable(options?.signal, new Waiter(this.#line)))
  }

  toString(): string {
    const { isSet, length } = this.#line
    return `<Event ${isSet ? 'set' : 'unset'}${length > 0 ? `, waiters: ${length}` : ''}>`
  }
}
