import type { Coroutine, Gen } from '@tsyncio/tasks'

/** What a call throws. */
export function* failureOf(work: () => Coroutine<unknown>): Gen<unknown> {
  try {
    yield* work()
  } catch (error) {
    return error
  }
  return 'nothing was thrown'
}
