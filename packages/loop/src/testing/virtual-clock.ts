import type { WaitingClock } from '../portable-driver.js'

/**
 * A clock that stands still while anything is ready, and jumps to the next deadline when
 * nothing is: a loop with it sleeps for hours in no time, in exact order. Not for loops
 * that watch fds: those become ready in real time, which such a loop does not wait for.
 *
 * A loop that owns its thread waits in its selector: give it a `ScriptedSelector` (of
 * `@tsyncio/selectors/testing`) whose `onIdle` calls {@link advance}.
 *
 * @example
 * ```ts
 * import { EventLoop } from '@tsyncio/loop'
 * import { VirtualClock } from '@tsyncio/loop/testing'
 *
 * const loop = new EventLoop({ clock: new VirtualClock() })
 * loop.callLater(3_600_000, () => loop.stop())
 * await loop.runForever()
 * console.log(loop.time()) // 3600000
 * loop.close()
 * ```
 */
export class VirtualClock implements WaitingClock {
  #now: number

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  /** Moves the time forward by hand. */
  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError(`Time goes forward, not by ${milliseconds}.`)
    this.#now += milliseconds
  }

  wait(deadline: number, callback: () => void): () => void {
    const immediate = setImmediate(() => {
      this.#now = Math.max(this.#now, deadline)
      callback()
    })
    return () => clearImmediate(immediate)
  }
}
