import type { Future } from '@tsyncio/loop'

/** Wakes who waits for `waiter`, unless that has happened or was cancelled. */
export function release(waiter: Future<void>): void {
  if (!waiter.done()) waiter.setResult()
}
