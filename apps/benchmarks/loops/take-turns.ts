import { createTask, run, type Started } from '@tsyncio/tasks'

import type { Batch } from './measure.js'

/** So many tasks of one kind take turns, each of which waits `rounds` times. */
export function takeTurns(body: () => Started, tasks: number, rounds: number): Batch {
  return () =>
    run(function* () {
      const started = Array.from({ length: tasks }, () => createTask(body))
      for (const task of started) yield* task
      return tasks * rounds
    })
}
