import type { Clock, EventLoop, Future, Runnable } from '@tsyncio/loop'

/** What a clock may be: a virtual one. */
interface VirtualTime {
  readonly patience?: number
  hold?(): () => void
  jump?(deadline: number): void
}

const watches = new WeakMap<EventLoop, QuietWatch>()

/** Who looks again and again whether a loop has nothing to do, while anybody wants to know. */
export class QuietWatch implements Runnable {
  readonly #loop: EventLoop
  readonly #waiters = new Map<Future<void>, number>()
  #release: (() => void) | undefined
  #isLooking = false
  #turns = NaN
  #since = 0

  static of(loop: EventLoop): QuietWatch {
    const known = watches.get(loop)
    if (known !== undefined) return known
    const watch = new QuietWatch(loop)
    watches.set(loop, watch)
    return watch
  }

  private constructor(loop: EventLoop) {
    this.#loop = loop
  }

  /** Settles `future` when the loop has had nothing to do for `cushion` real milliseconds. */
  add(future: Future<void>, cushion: number): void {
    this.#waiters.set(future, cushion)
    // A virtual clock would jump at the same moment. For who is more patient, it goes on.
    if (cushion === 0) this.#release ??= this.#clock.hold?.()
    if (this.#isLooking) return
    this.#isLooking = true
    this.#turns = NaN
    this.#lookAgain()
  }

  remove(future: Future<void>): void {
    this.#waiters.delete(future)
    if ([...this.#waiters.values()].includes(0)) return
    this.#release?.()
    this.#release = undefined
  }

  run(): void {
    this.#isLooking = this.#waiters.size > 0 && !this.#loop.isClosed()
    if (!this.#isLooking) return
    const { core } = this.#loop
    const isQuiet = !core.hasWork && core.turns === this.#turns + (this.#isBlocking ? 1 : 0)
    const now = performance.now()
    if (!isQuiet) this.#since = now
    else if (!this.#wake(now - this.#since)) this.#jump(now - this.#since)
    this.#turns = core.turns
    this.#lookAgain()
  }

  // Only the least patient, and those as patient: the others start anew after them.
  #wake(quiet: number): boolean {
    const cushion = Math.min(...this.#waiters.values())
    if (quiet < cushion) return false
    for (const [future, own] of [...this.#waiters]) {
      if (own !== cushion) continue
      this.remove(future)
      if (!future.done()) future.setResult()
    }
    return true
  }

  // A loop that owns its thread sees this watch as work that is ready, and would not jump.
  #jump(quiet: number): void {
    const { core } = this.#loop
    if (!this.#isBlocking || quiet < (core.awaitsOutside ? (this.#clock.patience ?? 0) : 0)) return
    this.#clock.jump?.(core.timers.deadline())
  }

  get #clock(): VirtualTime {
    return this.#loop.core.clock as Clock & VirtualTime
  }

  // Inside Node's loop, between two looks Node sees to its own events, and brings ours.
  // Else a look is a handle of its own, and a turn looks at the fds before it.
  #lookAgain(): void {
    if (this.#isBlocking) this.#loop.schedule(this)
    else setImmediate(() => this.run())
  }

  get #isBlocking(): boolean {
    return this.#loop.core.driver?.name === 'blocking'
  }
}
