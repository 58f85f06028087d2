import { type Future, isFuture } from '@tsyncio/loop'

import type { Result, Work } from './coroutine.js'
import { createTask } from './create-task.js'

/** What can be waited for, or made into something that can. */
export type Awaitable = Future | Work

/** The result of an {@link Awaitable}. */
export type AwaitableResult<A> = A extends Future<infer T> ? T : Result<A>

/** Gives a future as it is, and makes a task of anything else (asyncio's `ensure_future`). */
export function ensureFuture<A extends Awaitable>(awaitable: A): Future<AwaitableResult<A>> {
  if (isFuture(awaitable)) return awaitable as Future<AwaitableResult<A>>
  return createTask(awaitable) as Future<AwaitableResult<A>>
}
