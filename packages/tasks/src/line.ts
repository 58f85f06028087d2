// What a lock, an event or one side of a queue is made of: those who wait, in order.
//
// A waiter stays in the line until its task has run, even when it was woken or cancelled
// before that: whoever looks at the line meanwhile (a `release`, an `acquire` that would
// like to go first) decides by it as asyncio does. It is a linked list, so that leaving
// from its middle costs nothing.
import type { LoopBinding } from './loop-binding.js'
import type { Waiter } from './waiter.js'

export abstract class Line<T> {
  readonly #binding: LoopBinding
  #first: Waiter<T> | undefined
  #last: Waiter<T> | undefined
  /** Those before it have all been woken or cancelled; so have all if there is none. */
  #firstAsleep: Waiter<T> | undefined
  #length = 0
  /** How many of them are not cancelled. */
  live = 0

  constructor(binding: LoopBinding) {
    this.#binding = binding
  }

  /** Whether somebody who comes need not wait. */
  arrive(_waiter: Waiter<T>): boolean {
    return false
  }

  /** Whether somebody who was woken, and has left the line, has what it came for. */
  proceed(_waiter: Waiter<T>): boolean {
    return true
  }

  /** Gives a waiter what it came for. */
  abstract take(waiter: Waiter<T>): T

  /**
   * Whether what a woken waiter came for has happened and cannot be undone: a cancellation
   * that comes before its task has run is kept for the task's next wait.
   */
  keeps(_waiter: Waiter<T>): boolean {
    return false
  }

  /** Somebody has left the line empty-handed, though it may have been woken before. */
  leave(_woken: boolean, _waiter: Waiter<T>): void {
    // Nothing to pass on.
  }

  get length(): number {
    return this.#length
  }

  /** Makes the line one of the running loop. */
  bind(): void {
    this.#binding.bind()
  }

  add(waiter: Waiter<T>): void {
    this.bind()
    waiter.before = this.#last
    if (this.#last === undefined) this.#first = waiter
    else this.#last.after = waiter
    this.#last = waiter
    this.#firstAsleep ??= waiter
    this.#length++
    this.live++
  }

  remove(waiter: Waiter<T>): void {
    const { before, after } = waiter
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    if (this.#firstAsleep === waiter) this.#firstAsleep = after
    waiter.before = waiter.after = undefined
    this.#length--
    if (!waiter.cancelled()) this.live--
  }

  /** Wakes the head of the line, unless that has been woken or cancelled already. */
  wakeHead(): void {
    if (this.#first?.isAsleep() === true) this.wakeNext()
  }

  /** The first that sleeps. */
  firstAsleep(): Waiter<T> | undefined {
    let waiter = this.#firstAsleep
    while (waiter !== undefined && !waiter.isAsleep()) waiter = waiter.after
    this.#firstAsleep = waiter
    return waiter
  }

  /** Wakes the first that sleeps; false if nobody does. */
  wakeNext(): boolean {
    const waiter = this.firstAsleep()
    waiter?.wake()
    return waiter !== undefined
  }

  wakeAll(): void {
    while (this.wakeNext());
  }

  *[Symbol.iterator](): Iterator<Waiter<T>> {
    for (let waiter = this.#first; waiter !== undefined; waiter = waiter.after) yield waiter
  }

  /** What is waited for. */
  toString(): string {
    return this.#binding.toString()
  }
}
