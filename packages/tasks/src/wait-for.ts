import { isCancelled, isFuture, type Future } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { isOfScopeAround } from './cancel-scope.js'
import { CompletingWait } from './completing-wait.js'
import { coroutine, type Coroutine, type Gen, type Started } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import {
  ensureFuture,
  requireAwaitable,
  type Awaitable,
  type AwaitableResult,
} from './ensure-future.js'
import { outcomeOf } from './outcome-of.js'
import { release } from './release.js'
import { requireDeadline } from './require-deadline.js'
import type { Strand } from './strand.js'
import { TimeoutError } from './timeout-error.js'
import { timeout as within } from './timeout.js'
import { Watch } from './watch.js'

/**
 * Cancels `future` and waits until it is done, but not at the future itself: cancelling
 * this wait must not cancel that once more. A cancelled scope is heard when it is over.
 */
function* cancelAndJoin(strand: Strand, future: Future): Gen<void> {
  const shield = new CompletingWait(strand)
  let interruption: { readonly error: unknown } | undefined
  let ended = strand.loop.createFuture<void>()
  const watch = new Watch(future, strand.task, () => release(ended))
  try {
    future.cancel()
    do {
      try {
        yield* ended
      } catch (error) {
        if (!isOfScopeAround(error, strand)) throw error
        interruption = { error }
        ended = strand.loop.createFuture<void>()
        shield.interrupted()
      }
    } while (!future.done())
  } finally {
    watch.stop()
    shield.end()
  }
  if (interruption !== undefined && !hasFailed(future)) throw interruption.error
}

function hasFailed(future: Future): boolean {
  return !future.cancelled() && outcomeOf(future).status === 'rejected'
}

/** Nothing can be in time: what is not done is cancelled, and may still have its way. */
function* atOnce(awaitable: Awaitable): Gen<unknown> {
  const future = ensureFuture(awaitable)
  if (future.done()) return future.result()
  yield* cancelAndJoin(requireStrand('waitFor()'), future)
  try {
    return future.result()
  } catch (error) {
    if (!isCancelled(error)) throw error
    throw new TimeoutError('The time was up.', { cause: error })
  }
}

function bodyOf(awaitable: Awaitable): () => Started {
  if (typeof awaitable === 'function') return () => awaitable()
  return () => (isFuture(awaitable) ? coroutine(awaitable[Symbol.iterator]()) : awaitable)
}

/**
 * Waits for `awaitable`, for `timeout` milliseconds at the most; null for as long as it
 * takes (asyncio's `wait_for`). A coroutine or a function runs inside the current task, in
 * a frame of its own. When the time is up it is cancelled and waited for: it may take
 * longer than the timeout, give a result all the same, or fail in its own way.
 *
 * If `timeout` is not positive, gives the result of what is done, and cancels anything
 * else before it begins. Cancelling the wait cancels what is waited for; {@link shield} it
 * if it is to go on.
 *
 * @param options.signal cancels what is waited for when it is aborted; the wait then throws
 *   the signal's reason.
 * @throws TimeoutError if it was ended by the timeout.
 * @example
 * ```ts
 * import { run, sleep, waitFor } from 'tsyncio'
 *
 * await run(async () => {
 *   console.log(await waitFor(sleep(1, 'in time'), 60_000)) // in time
 *   await waitFor(sleep(60_000), 1).catch((error: Error) => console.log(error.name)) // TimeoutError
 * })
 * ```
 */
export function waitFor<A extends Awaitable>(
  awaitable: A,
  timeout: number | null,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Coroutine<AwaitableResult<A>> {
  const { signal } = options
  requireAwaitable(awaitable)
  requireDeadline(timeout)
  const waiting =
    timeout !== null && timeout <= 0
      ? coroutine(abortable(signal, atOnce(awaitable)))
      : within(timeout, bodyOf(awaitable), { signal })
  return waiting as Coroutine<AwaitableResult<A>>
}
