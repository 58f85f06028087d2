import { Future, getEventLoop, promiseOf, setAwaitStrategy } from '@tsyncio/loop'

import { currentFrame } from './async-frame.js'
import { setOutsideAwait } from './await-iterator.js'
import { traceAwaits } from './await-place.js'
import { coroutine, type Result, type Work } from './coroutine.js'
import { makeTask } from './task-factory.js'
import type { Task, TaskOptions } from './task.js'

/**
 * Starts `work` as a task of the running loop; outside of one, of this thread's loop. It
 * takes its first step in the next turn, with `eagerStart` at once.
 *
 * @throws TypeError for what is not work. InvalidStateError if the loop is closed.
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
export function createTask<W extends Work>(work: W, options: TaskOptions = {}): Task<Result<W>> {
  return makeTask(options.loop ?? getEventLoop(), work, options)
}

traceAwaits(Future.prototype)

// An `await` in the async function of a task is a wait of that task. Anywhere else a
// future is watched, and a coroutine gets a task of its own.
setAwaitStrategy((future) => currentFrame()?.wait(future[Symbol.iterator]()) ?? promiseOf(future))
setOutsideAwait((iterator) => promiseOf(createTask(coroutine(iterator)) as never))
