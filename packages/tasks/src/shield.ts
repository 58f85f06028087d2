import { type Future } from '@tsyncio/loop'

import { currentTask } from './current-strand.js'
import { ensureFuture, type Awaitable, type AwaitableResult } from './ensure-future.js'
import { outcomeOf } from './outcome-of.js'
import { Watch } from './watch.js'

/** The one who would have heard of the failure was cancelled. */
function report(inner: Future): void {
  if (inner.cancelled()) return
  const outcome = outcomeOf(inner)
  if (outcome.status === 'fulfilled') return
  const reason: unknown = outcome.reason
  inner.getLoop().callExceptionHandler({
    message: `${reason instanceof Error ? reason.name : 'Unknown'} exception in shielded future`,
    exception: reason,
    future: inner,
  })
}

function settle(outer: Future, inner: Future): void {
  if (outer.done()) return
  if (inner.cancelled()) return void outer.cancel()
  const outcome = outcomeOf(inner)
  if (outcome.status === 'fulfilled') outer.setResult(outcome.value)
  else outer.setException(outcome.reason)
}

/**
 * Waits for `awaitable` and keeps the cancellation of the wait away from it: who waits is
 * cancelled, what is waited for goes on (asyncio's `shield`). Coroutines and functions
 * become tasks now. If it is cancelled itself, so is the wait.
 *
 * What it fails with when nobody waits any more goes to the loop's exception handler.
 *
 * @example
 * ```ts
 * import { createTask, isCancelled, run, shield, sleep } from 'tsyncio'
 *
 * await run(async () => {
 *   const saving = createTask(() => sleep(5, 'saved'))
 *   const request = createTask(async () => await shield(saving))
 *   await sleep(1)
 *   request.cancel()
 *   await request.then(undefined, (error) => console.log(isCancelled(error))) // true
 *   console.log(await saving) // saved
 * })
 * ```
 */
export function shield<A extends Awaitable>(awaitable: A): Future<AwaitableResult<A>> {
  const inner: Future = ensureFuture(awaitable)
  if (inner.done()) return inner as Future<AwaitableResult<A>>
  const outer = inner.getLoop().createFuture()
  const watch = new Watch(inner, currentTask(), () => settle(outer, inner))
  // An inner future may live long and be shielded often: one that was left must leave
  // nothing behind, and one report is enough.
  new Watch(outer, null, () => {
    if (inner.done()) return
    watch.stop()
    inner.removeDoneCallback(report)
    inner.addDoneCallback(report)
  })
  return outer as Future<AwaitableResult<A>>
}
