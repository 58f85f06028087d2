import type { TimerHandle } from './timer-handle.js'

const smallest = 64

/**
 * A binary heap of timers, earliest first, oldest first among equals. The times lie in an
 * array of their own: putting a timer in order looks at no timer.
 */
export class TimerHeap {
  #timers: (TimerHandle | undefined)[] = []
  #times = new Float64Array(smallest)
  #ages = new Float64Array(smallest)
  #length = 0
  #added = 0

  get length(): number {
    return this.#length
  }

  get first(): TimerHandle | undefined {
    return this.#timers[0]
  }

  /** When the first is due; Infinity if there is none. */
  get deadline(): number {
    return this.#length === 0 ? Infinity : (this.#times[0] as number)
  }

  push(timer: TimerHandle, when: number): void {
    if (this.#length === this.#times.length) this.#resize(this.#length * 2)
    this.#rise(this.#length++, timer, when, this.#added++)
  }

  shift(): TimerHandle | undefined {
    const first = this.#timers[0]
    if (first === undefined) return undefined
    const last = --this.#length
    const timer = this.#timers[last] as TimerHandle
    this.#timers[last] = undefined
    if (last > 0) this.#sink(0, timer, this.#times[last] as number, this.#ages[last] as number)
    return first
  }

  /** Drops every timer that `keep` refuses, and puts the rest in order again: O(n). */
  filter(keep: (timer: TimerHandle) => boolean): void {
    let kept = 0
    for (let i = 0; i < this.#length; i++) {
      const timer = this.#timers[i] as TimerHandle
      if (keep(timer)) this.#put(kept++, timer, this.#times[i] as number, this.#ages[i] as number)
    }
    this.#length = kept
    this.#timers.length = kept
    this.#resize(Math.max(smallest, 2 ** Math.ceil(Math.log2(kept + 1))))
    for (let i = (kept >> 1) - 1; i >= 0; i--) {
      this.#sink(
        i,
        this.#timers[i] as TimerHandle,
        this.#times[i] as number,
        this.#ages[i] as number,
      )
    }
  }

  #put(index: number, timer: TimerHandle, when: number, age: number): void {
    this.#timers[index] = timer
    this.#times[index] = when
    this.#ages[index] = age
  }

  #move(from: number, to: number): void {
    this.#put(
      to,
      this.#timers[from] as TimerHandle,
      this.#times[from] as number,
      this.#ages[from] as number,
    )
  }

  #isBefore(index: number, when: number, age: number): boolean {
    const time = this.#times[index] as number
    return time < when || (time === when && (this.#ages[index] as number) < age)
  }

  #rise(index: number, timer: TimerHandle, when: number, age: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#isBefore(parent, when, age)) break
      this.#move(parent, index)
      index = parent
    }
    this.#put(index, timer, when, age)
  }

  #sink(index: number, timer: TimerHandle, when: number, age: number): void {
    for (;;) {
      let child = 2 * index + 1
      if (child >= this.#length) break
      const right = child + 1
      if (
        right < this.#length &&
        this.#isBefore(right, this.#times[child] as number, this.#ages[child] as number)
      )
        child = right
      if (!this.#isBefore(child, when, age)) break
      this.#move(child, index)
      index = child
    }
    this.#put(index, timer, when, age)
  }

  #resize(size: number): void {
    if (size === this.#times.length) return
    const kept = Math.min(size, this.#length)
    const [times, ages] = [this.#times, this.#ages]
    this.#times = new Float64Array(size)
    this.#ages = new Float64Array(size)
    this.#times.set(times.subarray(0, kept))
    this.#ages.set(ages.subarray(0, kept))
  }
}
