import {
  CancelledError,
  isAskedWhere,
  type Cancellable,
  type CoroutineDriver,
  type Suspend,
  type Suspension,
} from '@tsyncio/loop'

import type { Line } from './line.js'
import { steppingStrand } from './strand.js'

type State = 'new' | 'asleep' | 'woken' | 'cancelled' | 'gone'

/**
 * One wait in a {@link Line}, written by hand: the iterator, what it suspends by and the
 * place in the line are the same object.
 */
export class Waiter<T> implements Iterator<Suspend, T, unknown>, Suspension, Cancellable {
  readonly #line: Line<T>
  #state: State = 'new'
  #driver: CoroutineDriver | undefined
  #cancelMessage: string | undefined
  /** The neighbours in the line. */
  before: Waiter<T> | undefined
  after: Waiter<T> | undefined

  constructor(line: Line<T>) {
    this.#line = line
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Suspend, T> {
    if (isAskedWhere()) return { done: false, value: this as unknown as Suspend }
    const line = this.#line
    if (this.#state === 'new') {
      if (line.arrive(this)) return this.#take()
      this.#fallAsleep()
    } else if (this.#state === 'woken') {
      line.remove(this)
      this.#state = 'gone'
      if (line.proceed(this)) return this.#take()
      this.#fallAsleep()
    } else if (this.#state === 'cancelled') {
      return this.throw(new CancelledError(this.#cancelMessage))
    }
    return { done: false, value: this as unknown as Suspend }
  }

  throw(error: unknown): IteratorResult<Suspend, T> {
    const state = this.#state
    if (state !== 'new' && state !== 'gone') {
      this.#line.remove(this)
      this.#state = 'gone'
      if (state === 'woken' && this.#line.keeps(this)) {
        steppingStrand()?.takeCancellation((error as Error).message)
        return this.#take()
      }
      this.#line.leave(state === 'woken', this)
    }
    throw error
  }

  suspend(driver: CoroutineDriver): Cancellable {
    this.#driver = driver
    return this
  }

  isAsleep(): boolean {
    return this.#state === 'asleep'
  }

  cancelled(): boolean {
    return this.#state === 'cancelled'
  }

  wake(): void {
    this.#state = 'woken'
    this.#schedule()
  }

  cancel(message?: string): boolean {
    if (this.#state !== 'asleep') return false
    this.#state = 'cancelled'
    this.#cancelMessage = message
    this.#line.live--
    this.#schedule()
    return true
  }

  removeWaiter(): boolean {
    const waited = this.#driver !== undefined
    this.#driver = undefined
    return waited
  }

  toString(): string {
    return this.#line.toString()
  }

  #fallAsleep(): void {
    this.#line.add(this)
    this.#state = 'asleep'
  }

  #take(): IteratorResult<Suspend, T> {
    this.#state = 'gone'
    return { done: true, value: this.#line.take(this) }
  }

  #schedule(): void {
    const driver = this.#driver
    this.#driver = undefined
    driver?.getLoop().schedule(driver)
  }
}
