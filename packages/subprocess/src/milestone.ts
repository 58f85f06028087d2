import { InvalidStateError, type EventLoop, type Future } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

/** What comes once, and any number may wait for: before it has come, or after. */
export class Milestone<T> {
  readonly #loop: EventLoop
  readonly #waiters = new Set<Future<T>>()
  #reached: { readonly value: T } | undefined

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  get isReached(): boolean {
    return this.#reached !== undefined
  }

  /** Waits for it; cancelled, gives up waiting and nothing else. */
  *wait(): Gen<T> {
    if (this.#reached !== undefined) return this.#reached.value
    if (this.#loop.isClosed()) {
      throw new InvalidStateError('The loop in which this could happen is closed.')
    }
    const waiter = this.#loop.createFuture<T>()
    this.#waiters.add(waiter)
    try {
      return yield* waiter
    } finally {
      this.#waiters.delete(waiter)
    }
  }

  /** It has come; only the first time counts. */
  reach(value: T): void {
    if (this.#reached !== undefined) return
    this.#reached = { value }
    for (const waiter of this.#waiters) if (!waiter.done()) waiter.setResult(value)
  }
}
