import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { CancelScope } from '../cancel-scope.js'
import { currentTask } from '../current-strand.js'
import { currentEffectiveDeadline } from '../current-effective-deadline.js'
import { failAfter } from '../fail-after.js'
import { moveOnAfter } from '../move-on-after.js'
import type { ScopeCancelledError } from '../scope-cancelled-error.js'
import { sleep } from '../sleep.js'
import { TimeoutError } from '../timeout-error.js'
import type { TaskDrive } from './conformance.js'

export function describeScopes({ spelling: { body, wait }, run }: TaskDrive): void {
  const forever = body(function* () {
    yield* wait(sleep(60_000))
  })

  describe('a cancel scope', () => {
    it('gives the result of a body that it does not end', async () => {
      const main = body(function* () {
        const scope = new CancelScope()
        const result = yield* wait(scope.run(() => sleep(1, 'in time')))
        return [result, scope.cancelCalled, scope.cancelledCaught]
      })
      expect(await run(main)).toEqual(['in time', false, false])
    })

    it('ends its body at a wait, catches its own error, and goes on', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const scope = new CancelScope()
        getRunningLoop().callLater(1, () => scope.cancel('enough'))
        const inside = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } catch (error) {
            log.push(isCancelled(error), (error as ScopeCancelledError).scope === scope)
            log.push((error as Error).message, currentTask()?.cancelling())
            throw error
          }
        })
        log.push(yield* wait(scope.run(inside)))
        log.push(scope.cancelCalled, scope.cancelledCaught, scope.expired)
        yield* wait(sleep(1))
        return currentTask()?.cancelling()
      })
      expect(await run(main)).toBe(0)
      expect(log).toEqual([true, true, 'enough', 0, undefined, true, true, false])
    })

    it('interrupts every wait until it is left, and the callbacks between have their turn', async () => {
      const log: string[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        const scope = new CancelScope()
        const careless = body(function* () {
          scope.cancel()
          for (const delay of [60_000, 0, 60_000]) {
            loop.callSoon(() => log.push('callback'))
            try {
              yield* wait(sleep(delay))
              log.push('slept')
            } catch {
              log.push('interrupted')
            }
          }
          return 'swallowed'
        })
        return yield* wait(scope.run(careless))
      })
      expect(await run(main)).toBe('swallowed')
      expect(log).toEqual([
        'callback',
        'interrupted',
        'callback',
        'interrupted',
        'callback',
        'interrupted',
      ])
    })

    it('names a task that was told a thousand times, once', async () => {
      const reports: string[] = []
      const main = body(function* () {
        getRunningLoop().setExceptionHandler((_, { message }) => reports.push(message))
        const scope = new CancelScope()
        const deaf = body(function* () {
          scope.cancel()
          for (let times = 0; times < 1500; times++) {
            try {
              yield* wait(sleep(60_000))
            } catch {
              continue
            }
          }
        })
        currentTask()!.name = 'deaf'
        yield* wait(scope.run(deaf))
      })
      await run(main)
      expect(reports).toEqual([expect.stringMatching(/<Task deaf .*interrupted 1000 times/)])
    })

    it('lets a value through that was on its way, and interrupts the next wait', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        const future = loop.createFuture<string>()
        const scope = new CancelScope()
        loop.callLater(1, () => {
          future.setResult('kept')
          scope.cancel()
        })
        const inside = body(function* () {
          log.push(yield* wait(future))
          yield* wait(sleep(60_000))
          log.push('never')
        })
        yield* wait(scope.run(inside))
      })
      await run(main)
      expect(log).toEqual(['kept'])
    })

    it('throws at the first wait if it was cancelled before', async () => {
      const log: string[] = []
      const main = body(function* () {
        const scope = new CancelScope()
        scope.cancel()
        const inside = body(function* () {
          log.push('begins')
          yield* wait(sleep(0))
          log.push('never')
        })
        yield* wait(scope.run(inside))
        return scope.cancelledCaught
      })
      expect(await run(main)).toBe(true)
      expect(log).toEqual(['begins'])
    })

    it('leaves other errors alone', async () => {
      const main = body(function* () {
        const scope = new CancelScope()
        const inside = body(function* () {
          try {
            scope.cancel()
            yield* wait(sleep(1))
          } finally {
            throw new RangeError('mine')
          }
        })
        yield* wait(scope.run(inside))
      })
      await expect(run(main)).rejects.toThrow('mine')
    })

    it('can be entered once, with a time that is one', async () => {
      expect(() => new CancelScope({ deadline: NaN })).toThrow(RangeError)
      expect(() => new CancelScope({ deadline: '5' as never })).toThrow(TypeError)
      expect(() => moveOnAfter(NaN, forever)).toThrow(RangeError)
      expect(() => new CancelScope().run('body' as never)).toThrow(TypeError)
      expect(() => currentEffectiveDeadline()).toThrow('inside a task')
      const main = body(function* () {
        const scope = new CancelScope()
        yield* wait(scope.run(() => sleep(0)))
        yield* wait(scope.run(() => sleep(0)))
      })
      await expect(run(main)).rejects.toThrow('entered once')
    })
  })

  describe('cancel scopes within each other', () => {
    it('let the outermost that is cancelled end the whole', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const outer = new CancelScope()
        const inner = new CancelScope()
        getRunningLoop().callLater(1, () => {
          inner.cancel()
          outer.cancel()
        })
        const inside = body(function* () {
          yield* wait(inner.run(forever))
          log.push('after inner')
          yield* wait(sleep(60_000))
          log.push('never')
        })
        yield* wait(outer.run(inside))
        return [inner.cancelledCaught, outer.cancelledCaught]
      })
      expect(await run(main)).toEqual([true, true])
      expect(log).toEqual(['after inner'])
    })

    it('end the inner alone when only that is cancelled, and both at once from outside', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const outer = new CancelScope()
        const inner = new CancelScope()
        const second = new CancelScope()
        getRunningLoop().callLater(1, () => inner.cancel())
        const inside = body(function* () {
          yield* wait(inner.run(forever))
          log.push('between')
          getRunningLoop().callLater(1, () => outer.cancel())
          yield* wait(second.run(forever))
          log.push('never')
        })
        yield* wait(outer.run(inside))
        return [inner.cancelledCaught, second.cancelledCaught, outer.cancelledCaught]
      })
      expect(await run(main)).toEqual([true, false, true])
      expect(log).toEqual(['between'])
    })

    it('keep off what comes from outside by a shield, until that is left', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const outer = new CancelScope()
        const inside = body(function* () {
          outer.cancel()
          log.push(yield* wait(new CancelScope({ shield: true }).run(() => sleep(2, 'shielded'))))
          yield* wait(sleep(60_000))
          log.push('never')
        })
        yield* wait(outer.run(inside))
      })
      await run(main)
      expect(log).toEqual(['shielded'])
    })

    it('feel it when the shield is lowered', async () => {
      const main = body(function* () {
        const outer = new CancelScope()
        const shield = new CancelScope({ shield: true })
        getRunningLoop().callLater(1, () => outer.cancel())
        getRunningLoop().callLater(2, () => (shield.shield = false))
        yield* wait(outer.run(() => shield.run(forever)))
        return [shield.cancelledCaught, outer.cancelledCaught]
      })
      expect(await run(main)).toEqual([false, true])
    })

    it('give a shielded clean-up a time limit of its own', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const cleanUp = body(function* () {
          log.push(currentEffectiveDeadline() - getRunningLoop().time() <= 2)
          yield* wait(sleep(60_000))
        })
        const inside = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } finally {
            yield* wait(moveOnAfter(2, cleanUp, { shield: true }))
            log.push('gave up')
          }
        })
        yield* wait(moveOnAfter(1, inside))
        log.push('on')
      })
      await run(main)
      expect(log).toEqual([true, 'gave up', 'on'])
    })
  })

  describe('the deadline of a cancel scope', () => {
    it('moves on, or fails, when it has passed', async () => {
      const main = body(function* () {
        const results: unknown[] = [yield* wait(moveOnAfter(1, forever))]
        results.push(yield* wait(moveOnAfter(null, () => sleep(1, 'slept'))))
        results.push(yield* wait(failAfter(60_000, () => sleep(1, 'in time'))))
        try {
          yield* wait(failAfter(1, forever))
        } catch (error) {
          results.push(error instanceof TimeoutError)
        }
        return results
      })
      expect(await run(main)).toEqual([undefined, 'slept', 'in time', true])
    })

    it('may have passed before, and be moved meanwhile', async () => {
      const main = body(function* () {
        const loop = getRunningLoop()
        const past = new CancelScope({ deadline: loop.time() - 1 })
        yield* wait(past.run(() => sleep(0)))
        const moved = new CancelScope()
        const begin = loop.time()
        const inside = body(function* () {
          moved.deadline = loop.time() + 60_000
          loop.callSoon(() => (moved.deadline = begin + 3))
          yield* wait(sleep(60_000))
        })
        yield* wait(moved.run(inside))
        return [past.expired, past.cancelledCaught, moved.expired, loop.time() - begin >= 3]
      })
      expect(await run(main)).toEqual([true, true, true, true])
    })

    it('is the earliest around, up to a shield; -Infinity once cancelled', async () => {
      const main = body(function* () {
        const deadlines = [currentEffectiveDeadline()]
        const note = body(function* () {
          deadlines.push(currentEffectiveDeadline())
          yield* wait(
            new CancelScope({ shield: true }).run(
              body(function* () {
                deadlines.push(currentEffectiveDeadline())
              }),
            ),
          )
        })
        const far = getRunningLoop().time() + 1e9
        const outer = new CancelScope({ deadline: far })
        yield* wait(outer.run(() => new CancelScope({ deadline: far + 5 }).run(note)))
        yield* wait(outerCancelled())
        return deadlines.map((deadline) => deadline - far)

        function outerCancelled() {
          const scope = new CancelScope()
          scope.cancel()
          return scope.run(note)
        }
      })
      expect(await run(main)).toEqual([Infinity, 0, Infinity, -Infinity, Infinity])
    })
  })
}
