import { getEventLoop, type EventLoop, type Future } from '@tsyncio/loop'

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

/**
 * Who waits for whom, and where, among the tasks of a loop, as text; circles are named.
 *
 * @example
 * ```ts
 * import { createTask, run, sleep } from 'tsyncio'
 * import { describeWaits } from 'tsyncio/testing'
 *
 * await run(async () => {
 *   const worker = createTask(() => sleep(60_000), { name: 'worker' })
 *   await sleep(1)
 *   console.log(describeWaits().includes('worker waits for <Future pending>')) // true
 *   worker.cancel()
 * })
 * ```
 */
export function describeWaits(loop: EventLoop = getEventLoop()): string {
  const tasks = [...allTasks(loop)]
  return [...tasks.flatMap(describe), ...circlesOf(tasks).map(describeCircle)].join('\n')
}
