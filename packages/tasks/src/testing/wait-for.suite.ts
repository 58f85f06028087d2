import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { CancelScope } from '../cancel-scope.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { gather } from '../gather.js'
import { shield } from '../shield.js'
import { sleep } from '../sleep.js'
import { TimeoutError } from '../timeout-error.js'
import { waitFor } from '../wait-for.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'

export function describeWaitFor({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)

  /** Sleeps, and when it is cancelled goes on for a while and gives a result. */
  const stubborn = (log: string[] = []) =>
    body(function* () {
      try {
        yield* wait(sleep(60_000))
      } catch {
        yield* wait(sleep(2))
        log.push('ended')
      }
      return 'had its way'
    })
  /** Sleeps, and when it is cancelled takes its time to end. */
  const slowToEnd = (log: string[]) =>
    body(function* () {
      try {
        yield* wait(sleep(60_000))
      } finally {
        yield* wait(sleep(2))
        log.push('ended')
      }
    })

  describe('waitFor', () => {
    it('gives the result of anything that is in time', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture<string>()
        getRunningLoop().callLater(1, () => future.setResult('future'))
        const script = body(function* () {
          yield* wait(sleep(1))
          return 'body'
        })
        return [
          yield* wait(waitFor(sleep(1, 'coroutine'), 60_000)),
          yield* wait(waitFor(future, 60_000)),
          yield* wait(
            waitFor(
              createTask(() => sleep(1, 'task')),
              60_000,
            ),
          ),
          yield* wait(waitFor(script, null)),
        ]
      })
      expect(await run(main)).toEqual(['coroutine', 'future', 'task', 'body'])
    })

    it('runs a coroutine inside the current task', async () => {
      const main = body(function* () {
        const script = body(function* () {
          yield* wait(sleep(0))
          return currentTask()?.name
        })
        return (yield* wait(waitFor(script, 60_000))) === currentTask()?.name
      })
      expect(await run(main)).toBe(true)
    })

    it('cancels what is late, waits until it has ended, and throws a TimeoutError', async () => {
      const log: string[] = []
      const main = body(function* () {
        const task = createTask(slowToEnd(log))
        try {
          yield* wait(waitFor(task, 1))
        } catch (error) {
          log.push((error as Error).name, String(isCancelled((error as Error).cause)))
        }
        return [task.cancelled(), currentTask()?.cancelling()]
      })
      expect(await run(main)).toEqual([true, 0])
      expect(log).toEqual(['ended', 'TimeoutError', 'true'])
    })

    it('gives the result of one that is late and does not mind', async () => {
      const main = body(function* () {
        const inTask = yield* ending(waitFor(createTask(stubborn()), 1))
        return [inTask, yield* ending(waitFor(stubborn(), 1)), currentTask()?.cancelling()]
      })
      expect(await run(main)).toEqual(['had its way', 'had its way', 0])
    })

    it('throws what one that is late fails with', async () => {
      const failing = body(function* () {
        try {
          yield* wait(sleep(60_000))
        } catch {
          throw new RangeError('other')
        }
      })
      const main = body(function* () {
        const inTask = yield* ending(waitFor(createTask(failing), 1))
        return [inTask, yield* ending(waitFor(failing, 1))]
      })
      expect(await run(main)).toEqual(['RangeError: other', 'RangeError: other'])
    })

    it('passes a TimeoutError of what it waits for on', async () => {
      const own = new TimeoutError('mine')
      const main = body(function* () {
        const failing = body(function* () {
          yield* wait(sleep(0))
          throw own
        })
        yield* wait(waitFor(failing, 60_000))
      })
      await expect(run(main)).rejects.toBe(own)
    })

    it('takes a result that comes before the time is up', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture<string>()
        const when = getRunningLoop().time() + 2
        getRunningLoop().callAt(when, () => future.setResult('ok'))
        return yield* ending(waitFor(future, 1000))
      })
      expect(await run(main)).toBe('ok')
    })

    for (const timeout of [0, -1]) {
      describe(`with a timeout of ${timeout}`, () => {
        it('gives what is done', async () => {
          const main = body(function* () {
            const future = getRunningLoop().createFuture<string>()
            future.setResult('done')
            return yield* ending(waitFor(future, timeout))
          })
          expect(await run(main)).toBe('done')
        })

        it('does not even start a coroutine', async () => {
          let started = false
          const main = body(function* () {
            const script = body(function* () {
              started = true
              yield* wait(sleep(0))
            })
            return yield* ending(waitFor(script, timeout))
          })
          expect(await run(main)).toBe('TimeoutError')
          expect(started).toBe(false)
        })

        it('cancels what runs, and waits until it has ended', async () => {
          const log: string[] = []
          const main = body(function* () {
            const task = createTask(slowToEnd(log))
            yield* wait(sleep(0))
            const how = yield* ending(waitFor(task, timeout))
            return [how, task.cancelled(), log.length]
          })
          expect(await run(main)).toEqual(['TimeoutError', true, 1])
        })

        it('gives the result of one that does not mind', async () => {
          const main = body(function* () {
            const task = createTask(stubborn())
            yield* wait(sleep(0))
            return yield* ending(waitFor(task, timeout))
          })
          expect(await run(main)).toBe('had its way')
        })

        it('can be cancelled itself while it waits for the end', async () => {
          const main = body(function* () {
            const task = createTask(stubborn())
            yield* wait(sleep(0))
            const waiting = createTask(() => waitFor(task, timeout))
            yield* wait(sleep(1))
            waiting.cancel()
            const how = yield* ending(waiting)
            return [how, task.cancelling(), yield* ending(task)]
          })
          expect(await run(main)).toEqual(['CancelledError', 1, 'had its way'])
        })
      })
    }

    for (const timeout of [null, 60_000]) {
      it(`cancelled, cancels what it waits for (timeout ${timeout})`, async () => {
        const main = body(function* () {
          const inner = createTask(() => sleep(60_000))
          const waiting = createTask(() => waitFor(inner, timeout))
          yield* wait(sleep(0))
          yield* wait(sleep(0))
          getRunningLoop().callSoon(() => waiting.cancel())
          return [yield* ending(waiting), inner.cancelled()]
        })
        expect(await run(main)).toEqual(['CancelledError', true])
      })
    }

    it('cancelled, waits for one that takes its time to end', async () => {
      const log: string[] = []
      const main = body(function* () {
        const waiting = createTask(() => waitFor(slowToEnd(log), 60_000))
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        waiting.cancel()
        return [yield* ending(waiting), ...log]
      })
      expect(await run(main)).toEqual(['CancelledError', 'ended'])
    })

    it('cancelled before it began, begins nothing and cancels nothing', async () => {
      const main = body(function* () {
        const inner = createTask(() => sleep(2, 42))
        const waiting = createTask(() => waitFor(inner, 1))
        waiting.cancel()
        return [yield* ending(waiting), yield* ending(inner)]
      })
      expect(await run(main)).toEqual(['CancelledError', 42])
    })

    // gh-86296: the result came in the turn of the cancellation, which got lost.
    it('never swallows a cancellation, even if the result came in the same turn', async () => {
      const main = body(function* () {
        const log: unknown[] = []
        const future = getRunningLoop().createFuture<string>()
        const task = createTask(
          body(function* () {
            log.push(yield* wait(waitFor(future, 60_000)))
            yield* wait(sleep(1))
            log.push('went on')
          }),
        )
        yield* wait(sleep(1))
        future.setResult('kept')
        task.cancel()
        return [yield* ending(task), ...log, future.result()]
      })
      expect(await run(main)).toEqual(['CancelledError', 'kept'])
    })

    it('never takes a cancellation from outside for its own', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(waitFor(sleep(60_000), 2))
            } finally {
              currentTask()?.cancelling()
            }
          }),
        )
        yield* wait(sleep(0))
        getRunningLoop().callLater(2, () => task.cancel())
        getRunningLoop().callLater(1, () => task.cancel())
        return yield* ending(task)
      })
      expect(await run(main)).toBe('CancelledError')
    })

    it('leaves what is shielded alone', async () => {
      const main = body(function* () {
        const inner = createTask(() => sleep(4, 'kept'))
        const how = yield* ending(waitFor(shield(inner), 1))
        return [how, inner.cancelling(), yield* ending(inner)]
      })
      expect(await run(main)).toEqual(['TimeoutError', 0, 'kept'])
    })

    for (const timeout of [0, 60_000]) {
      it(`in a cancelled scope, waits for the end of what it cancels (timeout ${timeout})`, async () => {
        const log: string[] = []
        const main = body(function* () {
          const task = createTask(slowToEnd(log))
          yield* wait(sleep(0))
          const scope = new CancelScope()
          const waiting = body(function* () {
            yield* wait(waitFor(task, timeout))
          })
          getRunningLoop().callSoon(() => scope.cancel())
          yield* wait(scope.run(waiting))
          return [task.cancelled(), scope.cancelledCaught, ...log]
        })
        expect(await run(main)).toEqual([true, true, 'ended'])
      })
    }

    it('several at once each have their own time', async () => {
      const main = body(function* () {
        const waits = [1, 60_000].map((timeout) => waitFor(sleep(15, 'slept'), timeout))
        const outcomes = yield* wait(gather(waits, { returnExceptions: true }))
        return outcomes.map((outcome) => outcome.status)
      })
      expect(await run(main)).toEqual(['rejected', 'fulfilled'])
    })

    it('refuses what cannot be waited for, and what is no time', () => {
      expect(() => waitFor(1 as never, 1)).toThrow(TypeError)
      expect(() => waitFor(Promise.resolve() as never, 1)).toThrow(/until\(promise\)/)
      expect(() => waitFor(sleep(1), NaN)).toThrow(RangeError)
      expect(() => waitFor(sleep(1), undefined as never)).toThrow(TypeError)
      expect(() => waitFor(sleep(1), '1' as never)).toThrow(TypeError)
    })
  })
}
