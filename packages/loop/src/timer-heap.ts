import type { TimerHandle } from './timer-handle.js'

function isBefore(a: TimerHandle, b: TimerHandle): boolean {
  return a.when() < b.when() || (a.when() === b.when() && a.sequence < b.sequence)
}

/** A binary heap of timers, earliest first, oldest first among equals. */
export class TimerHeap {
  #timers: TimerHandle[] = []

  get length(): number {
    return this.#timers.length
  }

  get first(): TimerHandle | undefined {
    return this.#timers[0]
  }

  push(timer: TimerHandle): void {
    this.#timers.push(timer)
    this.#rise(this.#timers.length - 1)
  }

  shift(): TimerHandle | undefined {
    const first = this.#timers[0]
    const last = this.#timers.pop()
    if (first !== last && last !== undefined) {
      this.#timers[0] = last
      this.#sink(0)
    }
    return first
  }

  /** Drops every timer that `keep` refuses, and puts the rest in order again: O(n). */
  filter(keep: (timer: TimerHandle) => boolean): void {
    this.#timers = this.#timers.filter(keep)
    for (let i = (this.#timers.length >> 1) - 1; i >= 0; i--) this.#sink(i)
  }

  #rise(index: number): void {
    const timers = this.#timers
    const timer = timers[index] as TimerHandle
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = timers[parent] as TimerHandle
      if (!isBefore(timer, above)) break
      timers[index] = above
      index = parent
    }
    timers[index] = timer
  }

  #sink(index: number): void {
    const timers = this.#timers
    const { length } = timers
    const timer = timers[index] as TimerHandle
    for (;;) {
      let child = 2 * index + 1
      if (child >= length) break
      if (
        child + 1 < length &&
        isBefore(timers[child + 1] as TimerHandle, timers[child] as TimerHandle)
      )
        child++
      const below = timers[child] as TimerHandle
      if (!isBefore(below, timer)) break
      timers[index] = below
      index = child
    }
    timers[index] = timer
  }
}
