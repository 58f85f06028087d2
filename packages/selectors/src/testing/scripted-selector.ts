import { BaseSelector } from '../base-selector.js'
import type { FileDescriptorLike } from '../file-descriptor.js'
import type { ReadyList } from '../ready-list.js'

/** How a {@link ScriptedSelector} passes the time. */
export interface ScriptedSelectorOptions {
  /**
   * Called instead of waiting, when nothing is ready: it may move a clock on, or make
   * something ready, or both.
   *
   * @param timeout milliseconds; `null` if the wait has no end.
   */
  readonly onIdle?: (timeout: number | null) => void
}

/**
 * A selector that says what its test tells it and never waits: for tests of loops,
 * with any integers as fds. It keeps the whole contract but real readiness and time.
 *
 * @example
 * ```ts
 * import { EVENT_READ } from '@tsyncio/selectors'
 * import { ScriptedSelector } from '@tsyncio/selectors/testing'
 *
 * let now = 0
 * const selector = new ScriptedSelector({ onIdle: (timeout) => (now += timeout ?? 0) })
 * selector.register(7, EVENT_READ)
 * console.log(selector.select(1000).length, now) // 0 1000
 * selector.setReady(7, EVENT_READ)
 * console.log(selector.select(1000).length, now) // 1 1000
 * ```
 */
export class ScriptedSelector<Data = unknown> extends BaseSelector<Data> {
  readonly #ready = new Map<number, number>()
  readonly #onIdle: (timeout: number | null) => void

  constructor({ onIdle = () => {} }: ScriptedSelectorOptions = {}) {
    super()
    this.#onIdle = onIdle
  }

  /**
   * Makes a registered file object ready for these events, until told otherwise: 0
   * makes it unready.
   *
   * @throws NotRegisteredError if it is not registered.
   */
  setReady(fileobj: FileDescriptorLike, mask: number): void {
    this.#ready.set(this.getKey(fileobj).fd, mask)
  }

  protected attach(): void {}

  protected change(): void {}

  protected detach(fd: number): void {
    this.#ready.delete(fd)
  }

  protected collect(wait: number, ready: ReadyList<Data>): number {
    const count = this.#gather(ready)
    if (count > 0 || wait === 0) return count
    this.#onIdle(wait === Infinity ? null : wait)
    const woken = this.#gather(ready)
    if (woken === 0 && wait === Infinity) {
      throw new Error('ScriptedSelector: nothing is ready, and this wait has no end: use onIdle')
    }
    return woken
  }

  protected release(): void {
    this.#ready.clear()
  }

  #gather(ready: ReadyList<Data>): number {
    let count = 0
    for (const key of this.keys.values()) {
      const mask = (this.#ready.get(key.fd) ?? 0) & key.events
      if (mask === 0) continue
      ready.keys[count] = key
      ready.masks[count++] = mask
    }
    return count
  }
}
