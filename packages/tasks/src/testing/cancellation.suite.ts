import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { sleep } from '../sleep.js'
import type { Task } from '../task.js'
import type { TaskDrive } from './conformance.js'

export function describeCancellation({ spelling: { body, wait }, run }: TaskDrive): void {
  /** Waits for a task, and says how it ended. */
  function* outcome(task: Task): Generator<unknown, unknown, unknown> {
    try {
      return yield* wait(task)
    } catch (error) {
      return isCancelled(error) ? `cancelled: ${error.message}` : (error as Error).message
    }
  }

  describe('cancellation', () => {
    it('is thrown at the wait, with its message', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(sleep(60_000))
            } catch (error) {
              log.push(isCancelled(error))
              throw error
            }
          }),
        )
        yield* wait(sleep(1))
        log.push(task.cancel('enough'), task.cancelled())
        log.push(yield* outcome(task))
        log.push(task.cancelled(), task.cancel())
      })
      await run(main)
      expect(log).toEqual([true, false, true, 'cancelled: enough', true, false])
    })

    it('before the first step keeps the body from running', async () => {
      let ran = false
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            ran = true
            yield* wait(sleep(0))
          }),
        )
        task.cancel()
        return yield* outcome(task)
      })
      expect(await run(main)).toBe('cancelled: ')
      expect(ran).toBe(false)
    })

    it('lets the task clean up, waits included', async () => {
      const log: string[] = []
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              log.push('cleaning')
              yield* wait(sleep(2))
              log.push('clean')
            }
          }),
        )
        yield* wait(sleep(0))
        task.cancel()
        log.push(String(yield* outcome(task)))
      })
      await run(main)
      expect(log).toEqual(['cleaning', 'clean', 'cancelled: '])
    })

    it('can be swallowed: the task then goes on', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(sleep(60_000))
            } catch {
              yield* wait(sleep(1))
            }
            return 'went on'
          }),
        )
        yield* wait(sleep(0))
        task.cancel()
        return [yield* outcome(task), task.cancelled()]
      })
      expect(await run(main)).toEqual(['went on', false])
    })

    it('is delivered once for each request', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            let count = 0
            for (;;) {
              try {
                yield* wait(sleep(count < 3 ? 60_000 : 1))
                return count
              } catch {
                count++
              }
            }
          }),
        )
        for (let i = 0; i < 3; i++) {
          yield* wait(sleep(1))
          task.cancel()
        }
        return yield* outcome(task)
      })
      expect(await run(main)).toBe(3)
    })

    it('twice before a step is delivered once, and counted twice', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(sleep(60_000))
            } catch {
              const counted = currentTask()?.cancelling()
              yield* wait(sleep(1))
              return counted
            }
            return 'never'
          }),
        )
        yield* wait(sleep(0))
        task.cancel()
        task.cancel()
        return yield* outcome(task)
      })
      expect(await run(main)).toBe(2)
    })

    it('goes on to the task that is waited for', async () => {
      const main = body(function* () {
        const inner = createTask(() => sleep(60_000))
        const outer = createTask(
          body(function* () {
            yield* wait(inner)
          }),
        )
        yield* wait(sleep(1))
        outer.cancel()
        const how = yield* outcome(outer)
        return [how, inner.cancelled(), outer.cancelled()]
      })
      expect(await run(main)).toEqual(['cancelled: ', true, true])
    })

    it('of a task is a CancelledError for who waits for it', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(60_000))
        yield* wait(sleep(0))
        task.cancel('child')
        return [yield* outcome(task), currentTask()?.cancelling()]
      })
      expect(await run(main)).toEqual(['cancelled: child', 0])
    })

    it('of oneself is delivered at the next wait', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            currentTask()?.cancel()
            log.push('still running')
            yield* wait(sleep(60_000))
          }),
        )
        log.push(yield* outcome(task))
      })
      await run(main)
      expect(log).toEqual(['still running', 'cancelled: '])
    })

    it('in the last step drops the result', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            yield* wait(sleep(0))
            currentTask()?.cancel()
            return 'lost'
          }),
        )
        return [yield* outcome(task), task.cancelled()]
      })
      expect(await run(main)).toEqual(['cancelled: ', true])
    })

    it('that was taken back in time is not delivered', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            currentTask()?.cancel()
            const left = currentTask()?.uncancel()
            yield* wait(sleep(1))
            return left
          }),
        )
        return [yield* outcome(task), task.cancelling()]
      })
      expect(await run(main)).toEqual([0, 0])
    })

    it('loses a value that was on its way, as asyncio does', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture<string>()
        const task = createTask(
          body(function* () {
            return yield* wait(future)
          }),
        )
        yield* wait(sleep(0))
        future.setResult('lost')
        task.cancel()
        return yield* outcome(task)
      })
      expect(await run(main)).toBe('cancelled: ')
    })

    it('of a future wakes everybody who waits for it', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture()
        const waiters = [1, 2].map(() =>
          createTask(
            body(function* () {
              return yield* wait(future)
            }),
          ),
        )
        yield* wait(sleep(0))
        future.cancel('gone')
        const ends: unknown[] = []
        for (const waiter of waiters) ends.push(yield* outcome(waiter))
        return ends
      })
      expect(await run(main)).toEqual(['cancelled: gone', 'cancelled: gone'])
    })

    it('aborts the task’s signal at once, with the CancelledError', async () => {
      const main = body(function* () {
        let signal: AbortSignal | undefined
        const task = createTask(
          body(function* () {
            signal = currentTask()?.signal
            yield* wait(sleep(60_000))
          }),
        )
        yield* wait(sleep(0))
        const before = signal?.aborted
        task.cancel('now')
        const reason: unknown = signal?.reason
        yield* outcome(task)
        return [before, signal?.aborted, isCancelled(reason)]
      })
      expect(await run(main)).toEqual([false, true, true])
    })

    it('that comes after a failure has been looked at by nobody leaves no report of it', async () => {
      const reports: unknown[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        loop.setExceptionHandler((_loop, context) => reports.push(context.message))
        const future = loop.createFuture()
        const task = createTask(
          body(function* () {
            yield* wait(future)
          }),
        )
        yield* wait(sleep(1))
        future.setException(new Error('too late'))
        task.cancel()
        yield* wait(sleep(1))
        return task.cancelled()
      })
      expect(await run(main)).toBe(true)
      expect(reports).toEqual([])
    })
  })
}
