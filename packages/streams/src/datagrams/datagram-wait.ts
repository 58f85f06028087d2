import {
  CancelledError,
  isAskedWhere,
  type Cancellable,
  type CoroutineDriver,
  type Suspend,
  type Suspension,
} from '@tsyncio/loop'

import type { LineWait, WaitLine } from './wait-line.js'

/** What {@link DatagramWait.attempt} gives when it has to wait. */
export const notYet = Symbol('not yet')

/**
 * One wait for a datagram to come, or to go: tries the system call, and waits for the fd if
 * that would block. Written by hand, and never suspended when there is no need. The call is
 * made when the task runs, so one that is cancelled has done nothing.
 */
export abstract class DatagramWait<T>
  implements Iterator<Suspend, T, unknown>, Suspension, Cancellable, LineWait
{
  readonly #line: WaitLine
  #driver: CoroutineDriver | undefined
  #cancelled: CancelledError | undefined

  constructor(line: WaitLine) {
    this.#line = line
  }

  protected abstract attempt(): T | typeof notYet
  abstract toString(): string

  get isAsleep(): boolean {
    return this.#driver !== undefined
  }

  // A generator takes it with `yield*` as it is.
  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Suspend, T> {
    if (isAskedWhere()) return { done: false, value: this as unknown as Suspend }
    if (this.#cancelled !== undefined) throw this.#cancelled
    try {
      const value = this.attempt()
      if (value !== notYet) {
        this.#line.leave(this)
        return { done: true, value }
      }
      this.#line.enter(this)
    } catch (error) {
      return this.throw(error)
    }
    return { done: false, value: this as unknown as Suspend }
  }

  throw(error: unknown): IteratorResult<Suspend, T> {
    this.#line.leave(this)
    throw error
  }

  suspend(driver: CoroutineDriver): Cancellable {
    this.#driver = driver
    return this
  }

  wake(): void {
    const driver = this.#driver
    this.#driver = undefined
    driver?.getLoop().schedule(driver)
  }

  cancel(message?: string): boolean {
    if (this.#driver === undefined) return false
    this.#cancelled = new CancelledError(message)
    this.#line.leave(this)
    this.wake()
    return true
  }

  // What it waited for goes on; the scope that ended the wait tells why.
  cancelled(): boolean {
    return this.#cancelled !== undefined
  }

  removeWaiter(): boolean {
    const waited = this.#driver !== undefined
    this.#driver = undefined
    this.#line.leave(this)
    return waited
  }
}
