import { DeadlockError } from './deadlock-error.js'
import type { Future } from './future.js'

const node = globalThis.process as NodeJS.Process | undefined

/** Says why `future` can never be done. */
export type DeadlockReport = (future: Future) => string

let describeDeadlock: DeadlockReport = (future) =>
  `${future.toString()} can never be done: nothing is ready, no timer runs and no fd is watched.`

/** Replaces the report of a deadlock: the layer of tasks knows who waits for whom. */
export function setDeadlockReport(report: DeadlockReport): void {
  describeDeadlock = report
}

let exitsWith13 = false

// Node ends with 13 when a top-level await can never settle. So do we, when nobody
// catches the error. Node then sets 1, so the code is set at the very end.
function exitWith13(): void {
  if (exitsWith13) return
  exitsWith13 = true
  node?.on?.('uncaughtExceptionMonitor', (error: unknown) => {
    if (error instanceof DeadlockError) node.once('exit', () => (node.exitCode = 13))
  })
}

/** The error of a run whose `future` can never be done. */
export function deadlockOf(future: Future): DeadlockError {
  exitWith13()
  return new DeadlockError(describeDeadlock(future))
}
