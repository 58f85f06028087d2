import { isFuture, type EventLoop, type Future } from '@tsyncio/loop'

import { isCoroutine, type Result, type Work } from './coroutine.js'
import { createTask } from './create-task.js'
import { isGenerator } from './start-body.js'
import type { Task } from './task.js'

/** What can be waited for, or made into something that can. */
export type Awaitable = Future | Work

/** The result of an {@link Awaitable}. */
export type AwaitableResult<A> = A extends Future<infer T> ? T : Result<A>

/** The future that an {@link Awaitable} is, or the task that it becomes. */
export type AwaitableFuture<A> = A extends Future ? A : Task<Result<A>>

/** @throws TypeError for what is neither a future nor work. */
export function requireAwaitable(value: unknown): asserts value is Awaitable {
  if (isFuture(value) || isCoroutine(value) || isGenerator(value) || typeof value === 'function')
    return
  throw new TypeError(
    `Expected a future, a coroutine, a generator or a function, got ${String(value)}. ` +
      'Pass an async function as a function, () => work(), and a promise as until(promise).',
  )
}

/**
 * Gives a future as it is, and makes a task of anything else (asyncio's `ensure_future`).
 *
 * @param options.loop the loop of the task. Default: the running one.
 * @throws TypeError for what cannot be waited for, and for a future of another loop than
 *   the one that was asked for.
 */
export function ensureFuture<A extends Awaitable>(
  awaitable: A,
  options: { readonly loop?: EventLoop } = {},
): Future<AwaitableResult<A>> {
  requireAwaitable(awaitable)
  if (!isFuture(awaitable)) return createTask(awaitable, options) as Future<AwaitableResult<A>>
  if (options.loop !== undefined && awaitable.getLoop() !== options.loop)
    throw new TypeError(`${awaitable.toString()} belongs to another loop.`)
  return awaitable as Future<AwaitableResult<A>>
}
