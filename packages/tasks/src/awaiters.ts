import type { Future } from '@tsyncio/loop'

import { Strand } from './strand.js'
import type { Task } from './task.js'
import { Watch } from './watch.js'

/**
 * The tasks that wait for a future, at once or through `gather`, `wait`, `shield` or a
 * group. Found by asking the future, so there is no edge that could be kept for too long.
 */
export function awaitersOf(future: Future): readonly Task[] {
  const tasks = new Set<Task>()
  for (const waiter of future.waiters()) {
    if ((waiter instanceof Strand || waiter instanceof Watch) && waiter.task !== null)
      tasks.add(waiter.task)
  }
  return [...tasks]
}
