import type { Future } from '@tsyncio/loop'

/**
 * How a future that is done has ended; a cancelled one with a CancelledError. Not by
 * `exception()`, which is `undefined` as well if that was thrown.
 */
export function outcomeOf<T>(future: Future<T>): PromiseSettledResult<T> {
  try {
    return { status: 'fulfilled', value: future.result() }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}
