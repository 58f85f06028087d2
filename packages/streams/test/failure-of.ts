import type { Gen } from '@tsyncio/tasks'

/** What `wait` throws; undefined if it does not. */
export function* failureOf(wait: () => Iterable<unknown>): Gen<unknown> {
  try {
    yield* wait() as Gen<unknown>
  } catch (error) {
    return error
  }
  return undefined
}
