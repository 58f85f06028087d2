import { createTask, wait, type Gen, type Task } from '@tsyncio/tasks'

import { shielded } from './shielded.js'

/**
 * Runs `body` with a task for each of `works`. They end with it: what still runs is
 * cancelled, and waited for. What fails in them is the body's to look at.
 */
export function* beside<T, R>(
  works: readonly Gen<T>[],
  body: (tasks: readonly Task<T>[]) => Gen<R>,
): Gen<R> {
  const tasks = works.map((work) => createTask<Gen<T>>(work))
  try {
    return yield* body(tasks)
  } finally {
    for (const task of tasks) task.cancel()
    yield* shielded(() => wait(tasks))
    // Whoever cancels looks at no failure any more.
    for (const task of tasks) if (!task.cancelled()) task.exception()
  }
}
