import { isCancelled } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

/**
 * Waits for what is about to happen: a cancellation has to stand in line. Gives the last
 * that came meanwhile.
 */
export function* despiteCancellation(
  wait: () => Gen<unknown>,
): Gen<{ readonly error: unknown } | undefined> {
  let interruption: { readonly error: unknown } | undefined
  for (;;) {
    try {
      yield* wait()
      return interruption
    } catch (error) {
      if (!isCancelled(error)) throw error
      interruption = { error }
    }
  }
}
