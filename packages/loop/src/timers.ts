import type { ExceptionContext, ExceptionReporter } from './exception-handler.js'
import type { References } from './references.js'
import type { TimerHandle } from './timer-handle.js'
import { TimerHeap } from './timer-heap.js'

// asyncio's figures: below this many timers a rebuild is not worth its while, and
// above it the heap may hold at most as many cancelled timers as live ones. Timeouts
// are nearly always cancelled; without this they would pile up until their deadlines.
const fewestForRebuild = 100
const mostCancelled = 0.5
// Within one turn, too: a burst of timeouts that are made and cancelled would otherwise
// grow old in the heap, and cost the collector more than they ever cost the loop.
const longestPile = 1000

/** The timers of one loop: cancelled ones stay in the heap until it pays to remove them. */
export class Timers implements ExceptionReporter {
  readonly #heap = new TimerHeap()
  #cancelled = 0
  readonly #reporter: ExceptionReporter
  readonly refs: References

  constructor(reporter: ExceptionReporter, refs: References) {
    this.#reporter = reporter
    this.refs = refs
  }

  callExceptionHandler(context: ExceptionContext): void {
    this.#reporter.callExceptionHandler(context)
  }

  /** Timers in the heap, cancelled ones included. */
  get length(): number {
    return this.#heap.length
  }

  add(timer: TimerHandle): void {
    timer.waiting = true
    this.#heap.push(timer, timer.when())
    if (timer.hasRef()) this.refs.add()
  }

  /** A waiting timer was cancelled. */
  forget(timer: TimerHandle): void {
    this.#cancelled++
    timer.waiting = false
    if (timer.hasRef()) this.refs.remove()
    if (this.#cancelled > longestPile) this.#purgeMany()
  }

  /** Step 1 of a turn: no cancelled timer at the head, and not too many below. */
  purge(): void {
    if (this.#cancelled === 0 || this.#purgeMany()) return
    while (this.#heap.first?.cancelled() === true) {
      this.#heap.shift()
      this.#cancelled--
    }
  }

  /** When the earliest live timer is due; Infinity without one. */
  deadline(): number {
    this.purge()
    return this.#heap.deadline
  }

  /** Takes the earliest timer that is due at `now`, if any. */
  takeDue(now: number): TimerHandle | undefined {
    this.purge()
    if (this.#heap.deadline > now) return undefined
    const first = this.#heap.shift() as TimerHandle
    first.waiting = false
    if (first.hasRef()) this.refs.remove()
    return first
  }

  clear(): void {
    this.#heap.filter((timer) => {
      if (!timer.cancelled()) timer.cancel()
      return false
    })
    this.#cancelled = 0
  }

  #purgeMany(): boolean {
    const { length } = this.#heap
    if (length <= fewestForRebuild || this.#cancelled <= length * mostCancelled) return false
    this.#heap.filter((timer) => !timer.cancelled())
    this.#cancelled = 0
    return true
  }
}
