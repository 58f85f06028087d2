import {
  FIRST_EXCEPTION,
  gather,
  timeout,
  TimeoutError,
  wait,
  type Gen,
  type Task,
} from '@tsyncio/tasks'

import { beside } from '../beside.js'
import type { Process } from '../process.js'
import { shielded } from '../shielded.js'

export interface Supervision {
  /** Milliseconds; null for never. */
  readonly timeout?: number | null | undefined
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace?: number | undefined
}

function* closeAll(processes: readonly Process[], grace: number | undefined): Gen<void> {
  const options = grace === undefined ? {} : { grace }
  let interruption: unknown
  try {
    yield* gather(processes.map((process) => process.close(options)))
    return
  } catch (error) {
    interruption = error
  }
  // To close some of them may not even have begun.
  for (const process of processes) {
    try {
      yield* process.close({ grace: 0 })
    } catch (error) {
      interruption = error
    }
  }
  throw interruption
}

/**
 * Ends processes, all at once, and waits for it. A cancelled scope around us does not
 * shorten the grace; a cancellation of the task kills at once.
 */
export function* endAll(processes: readonly Process[], grace: number | undefined): Gen<void> {
  yield* shielded(() => closeAll(processes, grace))
}

function* allDone(tasks: readonly Task<void>[]): Gen<void> {
  const { done } = yield* wait(tasks, { returnWhen: FIRST_EXCEPTION })
  for (const task of done) yield* task
}

/** Whether it was in time. */
function* within(limit: number | null, tasks: readonly Task<void>[]): Gen<boolean> {
  let isExpired = () => false
  try {
    yield* timeout(limit, (deadline) => {
      isExpired = () => deadline.expired()
      return allDone(tasks)
    })
    return true
  } catch (error) {
    if (error instanceof TimeoutError && isExpired()) return false
    throw error
  }
}

/**
 * Waits until all `works` are over, which are what there is to do with `processes`. If one
 * fails, the time is up, or we are cancelled, the processes are ended; either way nothing
 * of them is left.
 *
 * @returns whether it was in time.
 */
export function* supervise(
  processes: readonly Process[],
  works: readonly Gen<void>[],
  { timeout: limit = null, grace }: Supervision,
): Gen<boolean> {
  return yield* beside(works, function* (tasks) {
    try {
      return yield* within(limit, tasks)
    } finally {
      yield* endAll(processes, grace)
      // Without a process all works come to their ends: they take what was said at last.
      yield* shielded(() => wait(tasks))
    }
  })
}
