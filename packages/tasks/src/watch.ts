import type { Future, Runnable } from '@tsyncio/loop'

import type { Task } from './task.js'

/**
 * A done callback of the library's own, on behalf of a task that waits. Among the
 * `waiters()` of a future, those with a `task` say who waits for it: asyncio keeps a set
 * beside the callbacks, which has to be cleared in every way out.
 */
export class Watch<F extends Future = Future> implements Runnable {
  readonly task: Task | null
  readonly #future: F
  readonly #onDone: (future: F) => void

  /** @param onDone must not throw: nobody would report it. */
  constructor(future: F, task: Task | null, onDone: (future: F) => void) {
    this.task = task
    this.#future = future
    this.#onDone = onDone
    future.addWaiter(this)
  }

  run(): void {
    this.#onDone(this.#future)
  }

  stop(): void {
    this.#future.removeWaiter(this)
  }
}
