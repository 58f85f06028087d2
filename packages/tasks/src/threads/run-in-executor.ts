import { getEventLoop, type Future } from '@tsyncio/loop'

import { defaultExecutor } from './default-executor.js'
import {
  requireExport,
  type ThreadArguments,
  type ThreadExport,
  type ThreadModule,
  type ThreadResult,
} from './thread-module.js'
import { ThreadPoolExecutor } from './thread-pool-executor.js'

/**
 * Has a thread of `executor` call the function `name` that `module` exports, and gives
 * the future of its result; null for the loop's default executor. It begins at once, or
 * when a thread is free. Errors are as for {@link toThread}.
 *
 * Cancelling the future drops a call that has not begun. One that has begun goes on: its
 * {@link threadSignal} is aborted.
 *
 * @example
 * ```ts
 * import { gather, run, runInExecutor } from 'tsyncio'
 *
 * const work = new URL('data:text/javascript,export const twice = (n) => 2 * n')
 * await run(async () => {
 *   const calls = [1, 2, 3].map((n) => runInExecutor(null, work, 'twice', n))
 *   console.log(await gather(calls)) // [ 2, 4, 6 ]
 * })
 * ```
 */
export function runInExecutor<M = unknown, N extends ThreadExport<M> = ThreadExport<M>>(
  executor: ThreadPoolExecutor | null,
  module: ThreadModule<M>,
  name: N,
  ...args: ThreadArguments<M, N>
): Future<ThreadResult<M, N>> {
  requireExport(module, name)
  if (executor !== null && !(executor instanceof ThreadPoolExecutor)) {
    throw new TypeError(`Expected a ThreadPoolExecutor or null, got ${String(executor)}.`)
  }
  return (executor ?? defaultExecutor(getEventLoop())).submit(module, name, ...args)
}
