import { getRunningLoop, isCancelled, type ExceptionContext } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { gather } from '../gather.js'
import { shield } from '../shield.js'
import { sleep } from '../sleep.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'

export function describeShield({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)

  describe('shield', () => {
    it('gives the result, and the failure', async () => {
      const main = body(function* () {
        const failing = body(function* () {
          yield* wait(sleep(1))
          throw new TypeError('bad')
        })
        return [yield* wait(shield(sleep(1, 'fine'))), yield* ending(shield(failing))]
      })
      expect(await run(main)).toEqual(['fine', 'TypeError: bad'])
    })

    it('gives what is done as it is', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(0, 1))
        yield* wait(task)
        return shield(task) === task
      })
      expect(await run(main)).toBe(true)
    })

    it('keeps a cancellation from what it shields', async () => {
      const main = body(function* () {
        const inner = createTask(() => sleep(4, 'kept'))
        const outer = createTask(
          body(function* () {
            return yield* wait(shield(inner))
          }),
        )
        yield* wait(sleep(1))
        outer.cancel('leave')
        return [yield* ending(outer), inner.cancelling(), yield* ending(inner)]
      })
      expect(await run(main)).toEqual(['CancelledError: leave', 0, 'kept'])
    })

    it('is cancelled when what it shields is', async () => {
      const main = body(function* () {
        const inner = getRunningLoop().createFuture()
        const outer = shield(inner)
        inner.cancel()
        yield* wait(sleep(0))
        return [outer.cancelled(), yield* ending(outer)]
      })
      expect(await run(main)).toEqual([true, 'CancelledError'])
    })

    it('reports, once, what fails when nobody waits any more', async () => {
      const reports: ExceptionContext[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        loop.setExceptionHandler((_, context) => reports.push(context))
        const inner = loop.createFuture()
        const outers = [shield(inner), shield(inner)]
        for (const outer of outers) outer.cancel()
        yield* wait(sleep(0))
        inner.setException(new RangeError('late'))
        yield* wait(sleep(0))
        return reports.map(({ future }) => future === inner)
      })
      expect(await run(main)).toEqual([true])
      expect(reports).toMatchObject([
        { message: 'RangeError exception in shielded future', exception: { message: 'late' } },
      ])
    })

    it('reports no result, no cancellation, and no failure that somebody got', async () => {
      const reports: ExceptionContext[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        loop.setExceptionHandler((_, context) => reports.push(context))
        const [fine, cancelled, failing] = [1, 2, 3].map(() => loop.createFuture())
        for (const inner of [fine, cancelled]) shield(inner as typeof inner & object).cancel()
        const waiting = shield(failing as typeof failing & object)
        yield* wait(sleep(0))
        fine?.setResult(1)
        cancelled?.cancel()
        failing?.setException(new Error('seen'))
        return yield* ending(waiting)
      })
      expect(await run(main)).toBe('Error: seen')
      expect(reports).toEqual([])
    })

    it('leaves nothing behind when it is left, however often', async () => {
      const main = body(function* () {
        const inner = getRunningLoop().createFuture()
        for (let i = 0; i < 50; i++) {
          const outer = createTask(
            body(function* () {
              yield* wait(shield(inner))
            }),
          )
          yield* wait(sleep(0))
          outer.cancel()
          yield* ending(outer)
        }
        // What would report a failure.
        return inner.waiters().length
      })
      expect(await run(main)).toBe(1)
    })

    it('inside of a gathering is left, and the rest is cancelled', async () => {
      const main = body(function* () {
        const [shielded, other] = [1, 2].map(() => createTask(() => sleep(3, 'done')))
        if (shielded === undefined || other === undefined) return
        const all = gather([shield(shielded), other])
        yield* wait(sleep(0))
        all.cancel()
        return [yield* ending(all), other.cancelled(), yield* ending(shielded)]
      })
      expect(await run(main)).toEqual(['CancelledError', true, 'done'])
    })

    it('around a gathering keeps it whole', async () => {
      const main = body(function* () {
        const all = gather([sleep(2, 'a'), sleep(2, 'b')])
        const outer = shield(all)
        outer.cancel()
        const how = yield* ending(outer)
        return [how, yield* wait(all)]
      })
      expect(await run(main)).toEqual(['CancelledError', ['a', 'b']])
    })

    it('refuses what cannot be waited for', () => {
      expect(() => shield(1 as never)).toThrow(TypeError)
      expect(() => shield(Promise.resolve() as never)).toThrow(/until\(promise\)/)
    })

    it('tells the one who waits and is cancelled with a CancelledError', async () => {
      const main = body(function* () {
        const outer = createTask(
          body(function* () {
            try {
              yield* wait(shield(createTask(() => sleep(2))))
              return 'no error'
            } catch (error) {
              return isCancelled(error)
            }
          }),
        )
        yield* wait(sleep(0))
        outer.cancel()
        return yield* ending(outer)
      })
      expect(await run(main)).toBe(true)
    })
  })
}
