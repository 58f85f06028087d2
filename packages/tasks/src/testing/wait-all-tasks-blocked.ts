import { coroutine, type Coroutine, type Gen } from '../coroutine.js'
import { requireStrand } from '../current-strand.js'
import { QuietWatch } from './quiet-watch.js'

function* allBlocked(cushion: number): Gen<void> {
  const { loop } = requireStrand('waitAllTasksBlocked()')
  const watch = QuietWatch.of(loop)
  const blocked = loop.createFuture<void>()
  watch.add(blocked, cushion)
  try {
    yield* blocked
  } finally {
    watch.remove(blocked)
  }
}

/**
 * Waits until every other task of the loop waits for something and nothing is ready
 * (trio's `wait_all_tasks_blocked`): instead of a `sleep` that is hopefully long enough.
 * Timers do not count as ready before they are due, and a virtual clock stands still.
 *
 * @param options.cushion for how many real milliseconds that must have been so; default 0.
 *   For tasks that wait for other threads or processes.
 * @throws RangeError if the cushion is negative or NaN.
 * @example
 * ```ts
 * import { createTask, getRunningLoop, run } from 'tsyncio'
 * import { waitAllTasksBlocked } from 'tsyncio/testing'
 *
 * await run(async () => {
 *   const answer = getRunningLoop().createFuture()
 *   createTask(async () => console.log(await answer)) // 42
 *   await waitAllTasksBlocked()
 *   answer.setResult(42)
 *   await waitAllTasksBlocked()
 * })
 * ```
 */
export function waitAllTasksBlocked(options: { readonly cushion?: number } = {}): Coroutine<void> {
  const { cushion = 0 } = options
  if (!(cushion >= 0)) throw new RangeError(`Expected milliseconds, got ${String(cushion)}.`)
  return coroutine(allBlocked(cushion))
}
