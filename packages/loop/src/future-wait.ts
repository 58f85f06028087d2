import type { Cancellable, CoroutineDriver, Suspend, Suspension } from './suspend.js'
import type { Future } from './future.js'
import { isAskedWhere } from './suspended-stack.js'

/**
 * `yield* future`, written by hand: suspends once, unless the future is done, then gives
 * its result. A generator would do the same at several times the price.
 */
export class FutureWait<T> implements Iterator<Suspend, T, unknown>, Suspension {
  readonly #future: Future<T>

  constructor(future: Future<T>) {
    this.#future = future
  }

  next(): IteratorResult<Suspend, T> {
    const future = this.#future
    if (isAskedWhere()) return { done: false, value: this as unknown as Suspend }
    if (future.done()) return { done: true, value: future.result() }
    return { done: false, value: this as unknown as Suspend }
  }

  throw(error: unknown): never {
    throw error
  }

  suspend(driver: CoroutineDriver): Cancellable {
    if (driver.getLoop() !== this.#future.getLoop()) {
      throw new TypeError(`${this.#future.toString()} belongs to another loop.`)
    }
    this.#future.addWaiter(driver)
    return this.#future
  }
}
