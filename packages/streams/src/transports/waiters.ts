import { getRunningLoop, type Future } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

/** Any number of coroutines that wait for the same thing to happen. */
export class Waiters {
  readonly #futures = new Set<Future<void>>()

  wakeAll(): void {
    for (const future of this.#futures) if (!future.done()) future.setResult()
  }

  /** Until the next {@link wakeAll}. */
  *wait(): Gen<void> {
    const future = getRunningLoop().createFuture<void>()
    this.#futures.add(future)
    try {
      yield* future
    } finally {
      this.#futures.delete(future)
    }
  }
}
