import type { EventLoop } from '@tsyncio/loop'

import { AsyncFrame } from './async-frame.js'
import type { Strand } from './strand.js'
import { allTasks } from './task-registry.js'
import { PromiseWait } from './until.js'

// An async function that is in no wait of the library's is in one of somebody else's.
function awaitsPromise({ waitingFor }: Strand): boolean {
  if (!(waitingFor instanceof AsyncFrame)) return waitingFor instanceof PromiseWait
  const { branches } = waitingFor
  return branches.length === 0 || branches.some(awaitsPromise)
}

/** Whether a task of the loop waits for a promise that is not the library's. */
export function awaitPromises(loop: EventLoop): boolean {
  for (const task of allTasks(loop)) if (awaitsPromise(task.strand)) return true
  return false
}
