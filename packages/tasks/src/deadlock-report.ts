import type { Future } from '@tsyncio/loop'

import { callStackOf } from './call-stack.js'
import { circlesOf } from './circles.js'
import { showFrame } from './format-call-graph.js'
import { GatheringFuture } from './gather.js'
import { allTasks } from './task-registry.js'
import { Task } from './task.js'

function nameOf(future: unknown): string {
  return future instanceof Task ? future.name : String(future)
}

function behind(waited: unknown): string {
  return waited instanceof GatheringFuture ? ` of ${waited.children.map(nameOf).join(', ')}` : ''
}

function describe(task: Task): string[] {
  const waited = task.strand.waitingFor
  const what = waited === null ? 'nothing that we know of' : `${String(waited)}${behind(waited)}`
  const places = callStackOf(task.strand).map((frame) => `    at ${showFrame(frame)}`)
  return [`  ${task.name} waits for ${what}`, ...places]
}

function describeCircle(circle: readonly Future[]): string {
  const waits = circle.map((future, i) => {
    const awaiter = circle[(i + 1) % circle.length]
    return `${nameOf(awaiter)} waits for ${nameOf(future)}`
  })
  return `  In a circle: ${waits.join(', ')}`
}

/** Who waits for whom, and where, among the tasks of the loop that cannot go on. */
export function describeDeadlock(future: Future): string {
  const tasks = [...allTasks(future.getLoop())]
  return [
    `${future.toString()} can never be done: nothing is ready, no timer runs and no fd is watched.`,
    ...tasks.flatMap(describe),
    ...circlesOf(tasks).map(describeCircle),
  ].join('\n')
}
