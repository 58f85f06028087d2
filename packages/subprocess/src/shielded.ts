import { CancelScope, type Gen, type Started } from '@tsyncio/tasks'

/**
 * Runs what has to complete: no cancelled scope around us reaches it. A cancellation of the
 * task does.
 */
export function* shielded(body: () => Started): Gen<void> {
  yield* new CancelScope({ shield: true }).run(body)
}
