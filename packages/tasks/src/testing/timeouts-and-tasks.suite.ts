import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { ExceptionGroup } from '../exception-group.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import { timeout, timeoutAt, type Timeout } from '../timeout.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'

/** What CPython's test_timeouts has that is not about one timeout alone. */
export function describeTimeoutsAndTasks({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)
  const pausing = (delay: number) =>
    body(function* () {
      yield* wait(sleep(delay))
    })

  describe('timeouts and tasks', () => {
    it('at the same deadline both expire, and the outer one is thrown', async () => {
      const main = body(function* () {
        const limits: Timeout[] = []
        const when = getRunningLoop().time() + 2
        let inside = 'nothing'
        const inner = body(function* (limit: Timeout) {
          limits.push(limit)
          yield* wait(sleep(60_000))
        })
        const outer = body(function* (limit: Timeout) {
          limits.push(limit)
          try {
            yield* wait(timeoutAt(when, inner))
          } catch (error) {
            inside = (error as Error).name
            throw error
          }
        })
        const how = yield* ending(timeoutAt(when, outer))
        return [how, inside, limits.map((limit) => [limit.expired(), limit.when() === when])]
      })
      const expired = [true, true]
      expect(await run(main)).toEqual(['TimeoutError', 'CancelledError', [expired, expired]])
    })

    it('know their deadlines: on the clock, never, and in the past', async () => {
      const main = body(function* () {
        const kept: (Timeout | undefined)[] = []
        const keep = (delay: number) =>
          body(function* (limit: Timeout) {
            kept.push(limit)
            yield* wait(sleep(delay))
          })
        const before = getRunningLoop().time()
        yield* wait(timeout(60_000, keep(1)))
        yield* wait(timeout(null, keep(1)))
        yield* wait(timeoutAt(null, keep(1)))
        const late = yield* ending(timeout(-11, keep(0)))
        const [long, none, noneAt, past] = kept.map((limit) => limit?.when())
        return [
          (long as number) > getRunningLoop().time(),
          none,
          noneAt,
          (past as number) <= getRunningLoop().time() - 11 && (past as number) >= before - 11,
          late,
          kept.map((limit) => limit?.expired()),
        ]
      })
      const expired = [false, false, false, true]
      expect(await run(main)).toEqual([true, null, null, true, 'TimeoutError', expired])
    })

    it('that have not expired let errors and cancellations pass', async () => {
      const main = body(function* () {
        const expired: unknown[] = []
        const task = createTask(
          body(function* () {
            const cancelled = body(function* (limit: Timeout) {
              try {
                currentTask()?.cancel()
                yield* wait(sleep(60_000))
              } finally {
                expired.push(limit.expired())
              }
            })
            yield* wait(timeout(60_000, cancelled))
          }),
        )
        const failing = body(function* (limit: Timeout) {
          yield* wait(sleep(0))
          expired.push(limit.expired())
          throw new RangeError('foreign')
        })
        const ends = [yield* ending(task), yield* ending(timeout(60_000, failing))]
        return [...ends, ...expired]
      })
      const ends = ['CancelledError', 'RangeError: foreign']
      expect(await run(main)).toEqual([...ends, false, false])
    })

    it('inside of each other expire one after the other', async () => {
      const log: string[] = []
      const main = body(function* () {
        const outer = body(function* (limit: Timeout) {
          log.push(String(yield* ending(timeout(1, pausing(60_000)))))
          limit.reschedule(getRunningLoop().time() + 1)
          yield* wait(sleep(60_000))
        })
        log.push(String(yield* ending(timeout(60_000, outer))))
      })
      await run(main)
      expect(log).toEqual(['TimeoutError', 'TimeoutError'])
    })

    it('in a finally have their own time', async () => {
      const main = body(function* () {
        let inner: unknown
        const cleaning = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } finally {
            inner = yield* ending(timeout(1, pausing(60_000)))
          }
        })
        return [yield* ending(timeout(1, cleaning)), inner, currentTask()?.cancelling()]
      })
      expect(await run(main)).toEqual(['TimeoutError', 'TimeoutError', 0])
    })

    it('expire in a task that was cancelled before', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            const ends: unknown[] = []
            try {
              currentTask()?.cancel()
              yield* wait(sleep(60_000))
            } catch {
              ends.push(yield* ending(timeout(0, pausing(60_000))))
              const again = body(function* () {
                currentTask()?.cancel()
                yield* wait(sleep(60_000))
              })
              ends.push(yield* ending(timeout(60_000, again)), currentTask()?.cancelling())
            }
            return ends
          }),
        )
        return yield* wait(task)
      })
      expect(await run(main)).toEqual(['TimeoutError', 'CancelledError', 2])
    })

    it('can be moved by another task, while the body waits', async () => {
      const main = body(function* () {
        const loop = getRunningLoop()
        const given = loop.createFuture<{ limit: Timeout }>()
        const start = loop.time() + 30_000
        const waiting = body(function* (limit: Timeout) {
          given.setResult({ limit })
          yield* wait(sleep(60_000))
        })
        const task = createTask(() => timeoutAt(start, waiting))
        const { limit } = yield* wait(given)
        const whens = [limit.when() === start]
        limit.reschedule(start + 20_000)
        whens.push(limit.when() === start + 20_000)
        limit.reschedule(null)
        whens.push(limit.when() === null)
        task.cancel()
        return [...whens, yield* ending(task), limit.expired()]
      })
      expect(await run(main)).toEqual([true, true, true, 'CancelledError', false])
    })

    it('cannot be moved when they are expiring, expired or finished', async () => {
      const main = body(function* () {
        const kept: Timeout[] = []
        const refusals: string[] = []
        const move = (limit: Timeout | undefined) => {
          try {
            limit?.reschedule(1)
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidStateError)
            refusals.push(String(/that is (\w+)\.$/.exec((error as Error).message)?.[1]))
          }
        }
        const stubborn = body(function* (limit: Timeout) {
          kept.push(limit)
          try {
            yield* wait(sleep(60_000))
          } catch {
            move(limit)
          }
        })
        yield* wait(timeout(1, stubborn))
        move(kept[0])
        const quick = body(function* (limit: Timeout) {
          kept.push(limit)
          yield* wait(sleep(0))
        })
        yield* wait(timeout(60_000, quick))
        move(kept[1])
        return refusals
      })
      expect(await run(main)).toEqual(['expiring', 'expired', 'finished'])
    })

    it('say how they are', async () => {
      const main = body(function* () {
        const limits: Timeout[] = []
        const shown: string[] = []
        const show = (delay: number) =>
          body(function* (limit: Timeout) {
            limits.push(limit)
            shown.push(String(limit))
            yield* wait(sleep(delay))
          })
        yield* wait(timeout(null, show(0)))
        yield* ending(timeout(0, show(60_000)))
        shown.push(...limits.map(String))
        return shown.map((text) => text.replace(/-?[\d.]+/, 'N'))
      })
      const active = ['<Timeout active, when: null>', '<Timeout active, when: N>']
      expect(await run(main)).toEqual([...active, '<Timeout finished>', '<Timeout expired>'])
    })

    it('around a group end its tasks, and their failures are what is thrown', async () => {
      const main = body(function* () {
        const failing = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } finally {
            throw new RangeError('while ending')
          }
        })
        const grouped = body(function* () {
          yield* wait(
            taskGroup(
              body(function* (group: TaskGroup) {
                group.createTask(failing)
                yield* wait(sleep(60_000))
              }),
            ),
          )
        })
        try {
          yield* wait(timeout(2, grouped))
        } catch (error) {
          const { errors } = error as ExceptionGroup
          return [error instanceof ExceptionGroup, errors.map(String), currentTask()?.cancelling()]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual([true, ['RangeError: while ending'], 0])
    })

    it('leave the task that they end a way to go on', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            const how = yield* ending(timeout(1, pausing(60_000)))
            yield* wait(sleep(1))
            return how
          }),
        )
        return [yield* wait(task), task.cancelled(), task.cancelling()]
      })
      expect(await run(main)).toEqual(['TimeoutError', false, 0])
    })

    it('say what cancelled the body, as the cause', async () => {
      const main = body(function* () {
        try {
          yield* wait(timeout(0, pausing(60_000)))
        } catch (error) {
          return isCancelled((error as Error).cause)
        }
        return 'no error'
      })
      expect(await run(main)).toBe(true)
    })
  })
}
