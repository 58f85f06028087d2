import type { BlockingDriver } from './blocking-driver.js'
import { deadlockOf } from './deadlock.js'
import type { Driver } from './driver.js'
import type { Future } from './future.js'
import { onNothingPending } from './nothing-pending.js'
import type { LoopCore } from './loop-core.js'

function outcome(future: Future | undefined): unknown {
  if (future === undefined) return undefined
  if (!future.done()) throw new Error(`The loop was stopped before ${future.toString()} was done.`)
  return future.result()
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
    const forgetExit = future === undefined ? () => undefined : onNothingPending(giveUp)

    function end(conclude: () => unknown): void {
      forgetExit()
      forget()
      core.giveUp = undefined
      core.stopping = false
      core.driver = undefined
      driver.stop()
      onEnd()
      try {
        resolve(conclude())
      } catch (error) {
        reject(error)
      }
    }

    function giveUp(): void {
      end(() => {
        throw deadlockOf(future as Future)
      })
    }

    // A turn throws if the selector does; then there can be no other.
    function takeTurn(): void {
      try {
        core.turn(0)
      } catch (error) {
        return end(() => {
          throw error
        })
      }
      if (core.stopping && !core.isMidTurn) end(() => outcome(future))
    }

    try {
      driver.start(takeTurn)
      core.driver = driver
      if (future !== undefined) core.giveUp = giveUp
    } catch (error) {
      forgetExit()
      forget()
      onEnd()
      throw error
    }
  })
}

/** A run that owns the thread: returns when it is over. */
export function runBlocking(
  core: LoopCore,
  driver: BlockingDriver,
  future: Future | undefined,
): unknown {
  driver.start()
  core.driver = driver
  const forget = stopWhenDone(core, future)
  try {
    do {
      if (future !== undefined && core.isStuck && !core.stopping) throw deadlockOf(future)
      core.turn(Infinity)
    } while (!core.stopping)
    return outcome(future)
  } finally {
    forget()
    core.stopping = false
    core.driver = undefined
    driver.stop()
  }
}
