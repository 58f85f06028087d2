import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { sleep } from '../sleep.js'
import { timeout, timeoutAt, type Timeout } from '../timeout.js'
import { TimeoutError } from '../timeout-error.js'
import type { TaskDrive } from './conformance.js'

export function describeTimeouts({ spelling: { body, wait }, run }: TaskDrive): void {
  const forever = body(function* () {
    yield* wait(sleep(60_000))
  })

  describe('timeout', () => {
    it('gives the result of a body that is in time', async () => {
      const main = body(function* () {
        return yield* wait(timeout(60_000, () => sleep(1, 'in time')))
      })
      expect(await run(main)).toBe('in time')
    })

    it('ends a body that is not, lets it clean up, and throws a TimeoutError', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const slow = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } catch (error) {
            log.push(isCancelled(error), currentTask()?.cancelling())
            throw error
          } finally {
            yield* wait(sleep(1))
            log.push('clean')
          }
        })
        try {
          yield* wait(timeout(2, slow))
        } catch (error) {
          log.push(error instanceof TimeoutError, isCancelled((error as Error).cause))
        }
        log.push(currentTask()?.cancelling())
        yield* wait(sleep(0))
      })
      await run(main)
      expect(log).toEqual([true, 1, 'clean', true, true, 0])
    })

    it('gives the result of a body that caught the cancellation', async () => {
      let expired: boolean | undefined
      const main = body(function* () {
        const stubborn = body(function* (limit: Timeout) {
          try {
            yield* wait(sleep(60_000))
          } catch {
            expired = limit.expired()
          }
          return 'anyway'
        })
        const result = yield* wait(timeout(1, stubborn))
        yield* wait(sleep(1))
        return [result, currentTask()?.cancelling()]
      })
      expect(await run(main)).toEqual(['anyway', 0])
      expect(expired).toBe(true)
    })

    it('passes other errors of the body on', async () => {
      const main = body(function* () {
        const failing = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } catch {
            throw new Error('other')
          }
        })
        yield* wait(timeout(1, failing))
      })
      await expect(run(main)).rejects.toThrow('other')
    })

    it('inside of a longer one is the one that expires', async () => {
      const log: string[] = []
      const main = body(function* () {
        const outer = body(function* () {
          try {
            yield* wait(timeout(1, forever))
          } catch (error) {
            log.push(`inner ${(error as Error).name}`)
          }
          yield* wait(sleep(1))
          return 'outer fine'
        })
        log.push(String(yield* wait(timeout(60_000, outer))))
      })
      await run(main)
      expect(log).toEqual(['inner TimeoutError', 'outer fine'])
    })

    it('outside of a longer one passes through that', async () => {
      const log: string[] = []
      const main = body(function* () {
        const outer = body(function* () {
          try {
            yield* wait(timeout(60_000, forever))
          } catch (error) {
            log.push(`inner ${(error as Error).name}`)
            throw error
          }
        })
        try {
          yield* wait(timeout(1, outer))
        } catch (error) {
          log.push(`outer ${(error as Error).name}`)
        }
      })
      await run(main)
      expect(log).toEqual(['inner CancelledError', 'outer TimeoutError'])
    })

    it('does not hide a cancellation from outside', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            yield* wait(
              timeout(
                2,
                body(function* () {
                  try {
                    yield* wait(sleep(60_000))
                  } finally {
                    currentTask()?.cancel()
                  }
                }),
              ),
            )
          }),
        )
        try {
          yield* wait(task)
          return 'no error'
        } catch (error) {
          return (error as Error).name
        }
      })
      expect(await run(main)).toBe('CancelledError')
    })

    it('can be moved, and lifted', async () => {
      const main = body(function* () {
        return yield* wait(
          timeout(
            1,
            body(function* (limit: Timeout) {
              limit.reschedule(null)
              yield* wait(sleep(4))
              const when = limit.when()
              limit.reschedule(0)
              try {
                yield* wait(sleep(60_000))
              } catch {
                return [when, limit.expired()]
              }
              return 'never'
            }),
          ),
        )
      })
      expect(await run(main)).toEqual([null, true])
    })

    it('cannot be moved any more when it has expired or ended', async () => {
      let kept: Timeout | undefined
      const main = body(function* () {
        yield* wait(
          timeout(
            60_000,
            body(function* (limit: Timeout) {
              kept = limit
              yield* wait(sleep(0))
            }),
          ),
        )
      })
      await run(main)
      expect(() => kept?.reschedule(1)).toThrow(InvalidStateError)
      expect(kept?.expired()).toBe(false)
    })

    it('of no time ends the body at its first wait that lasts', async () => {
      const main = body(function* () {
        const names: string[] = []
        for (const waited of [sleep(60_000), sleep(0)]) {
          try {
            yield* wait(
              timeout(
                0,
                body(function* () {
                  yield* wait(waited)
                  yield* wait(sleep(60_000))
                }),
              ),
            )
          } catch (error) {
            names.push((error as Error).name)
          }
        }
        return names
      })
      expect(await run(main)).toEqual(['TimeoutError', 'TimeoutError'])
    })

    it('takes a time on the loop’s clock, or null for never', async () => {
      const main = body(function* () {
        const first = yield* wait(timeoutAt(null, () => sleep(1, 'never')))
        try {
          yield* wait(timeoutAt(0, forever))
        } catch (error) {
          return [first, (error as Error).name]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual(['never', 'TimeoutError'])
    })

    it('refuses what is no time', () => {
      expect(() => timeout(NaN, forever)).toThrow(RangeError)
      expect(() => timeout('1' as never, forever)).toThrow(TypeError)
    })
  })
}
