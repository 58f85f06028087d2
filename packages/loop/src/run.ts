import type { BlockingDriver } from './blocking-driver.js'
import { DeadlockError } from './deadlock-error.js'
import type { Driver } from './driver.js'
import type { Future } from './future.js'
import type { LoopCore } from './loop-core.js'

const node = globalThis.process as NodeJS.Process | undefined

/** Says why `future` can never be done. */
export type DeadlockReport = (future: Future) => string

let describeDeadlock: DeadlockReport = (future) =>
  `${future.toString()} can never be done: nothing is ready, no timer runs and no fd is watched.`

/** Replaces the report of a deadlock: the layer of tasks knows who waits for whom. */
export function setDeadlockReport(report: DeadlockReport): void {
  describeDeadlock = report
}

function outcome(future: Future | undefined): unknown {
  if (future === undefined) return undefined
  if (!future.done()) throw new Error(`The loop was stopped before ${future.toString()} was done.`)
  return future.result()
}

// Node ends with 13 when a top-level await can never settle; so do we. An uncaught
// rejection would make it 1, so the code is set again at the very end.
function exitWith13(): void {
  if (node === undefined) return
  node.exitCode = 13
  node.once('exit', () => (node.exitCode = 13))
}

function stopWhenDone(core: LoopCore, future: Future | undefined): () => void {
  if (future === undefined) return () => undefined
  const stop = { run: () => void (core.stopping = true) }
  future.addWaiter(stop)
  return () => future.removeWaiter(stop)
}

/** A run inside Node's loop: gives a promise. `onEnd` comes before that settles. */
export function runHosted(
  core: LoopCore,
  driver: Driver,
  future: Future | undefined,
  onEnd: () => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const forget = stopWhenDone(core, future)

    function end(conclude: () => void): void {
      node?.off?.('beforeExit', onBeforeExit)
      forget()
      core.stopping = false
      driver.stop()
      core.driver = undefined
      onEnd()
      conclude()
    }

    function onBeforeExit(): void {
      if (future === undefined) return
      const error = new DeadlockError(describeDeadlock(future))
      end(() => reject(error))
      exitWith13()
    }

    function takeTurn(): void {
      core.turn(0)
      if (!core.stopping || core.isMidTurn) return
      end(() => {
        try {
          resolve(outcome(future))
        } catch (error) {
          reject(error as Error)
        }
      })
    }

    node?.once?.('beforeExit', onBeforeExit)
    core.driver = driver
    driver.start(takeTurn)
  })
}

/** A run that owns the thread: returns when it is over. */
export function runBlocking(
  core: LoopCore,
  driver: BlockingDriver,
  future: Future | undefined,
): unknown {
  const forget = stopWhenDone(core, future)
  core.driver = driver
  driver.start()
  try {
    do {
      if (future !== undefined && core.isStuck && !core.stopping) {
        throw new DeadlockError(describeDeadlock(future))
      }
      core.turn(Infinity)
    } while (!core.stopping)
    return outcome(future)
  } finally {
    forget()
    core.stopping = false
    driver.stop()
    core.driver = undefined
  }
}
