import type { Future } from '@tsyncio/loop'

import { allTasks } from './task-registry.js'
import type { Task } from './task.js'

function describe(task: Task): string {
  const waited = task.strand.waitingFor
  return `  ${task.name} waits for ${waited === null ? 'nothing that we know of' : String(waited)}`
}

/** Who waits for whom, among the tasks of the loop that cannot go on. */
export function describeDeadlock(future: Future): string {
  const tasks = [...allTasks(future.getLoop())]
  return [
    `${future.toString()} can never be done: nothing is ready, no timer runs and no fd is watched.`,
    ...tasks.map(describe),
  ].join('\n')
}
