import { getEventLoop, promiseOf, setAwaitStrategy, type Context } from '@tsyncio/loop'

import { currentFrame } from './async-frame.js'
import { setOutsideAwait } from './await-iterator.js'
import { coroutine, type Result, type Work } from './coroutine.js'
import { Task } from './task.js'

/**
 * Starts `work` as a task of the running loop; outside of one, of this thread's loop. It
 * takes its first step in the next turn.
 *
 * @example
 * ```ts
 * import { createTask, run, sleep } from 'tsyncio'
 *
 * await run(async () => {
 *   const task = createTask(async () => {
 *     await sleep(1)
 *     return 'done'
 *   })
 *   console.log(await task) // done
 * })
 * ```
 */
export function createTask<W extends Work>(
  work: W,
  options: { name?: string; context?: Context } = {},
): Task<Result<W>> {
  return new Task(work, { loop: getEventLoop(), ...options })
}

// An `await` in the async function of a task is a wait of that task. Anywhere else a
// future is watched, and a coroutine gets a task of its own.
setAwaitStrategy((future) => currentFrame()?.wait(future[Symbol.iterator]()) ?? promiseOf(future))
setOutsideAwait((iterator) => promiseOf(createTask(coroutine(iterator)) as never))
