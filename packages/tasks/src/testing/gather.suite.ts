import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { gather } from '../gather.js'
import { sleep } from '../sleep.js'
import type { TaskDrive } from './conformance.js'

export function describeGather({ spelling: { body, wait }, run }: TaskDrive): void {
  const failing = (delay: number, message: string) =>
    body(function* () {
      yield* wait(sleep(delay))
      throw new Error(message)
    })

  describe('gather', () => {
    it('gives the results in the order of what it was given', async () => {
      const main = body(function* () {
        const three = body(function* () {
          yield* wait(sleep(0))
          return 'c'
        })
        return yield* wait(gather([sleep(4, 'a'), sleep(1, 'b'), three]))
      })
      expect(await run(main)).toEqual(['a', 'b', 'c'])
    })

    it('of nothing gives nothing', async () => {
      const main = body(function* () {
        return yield* wait(gather([]))
      })
      expect(await run(main)).toEqual([])
    })

    it('waits once for what it was given twice', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(1, {}))
        const [one, two] = yield* wait(gather([task, task]))
        return one === two
      })
      expect(await run(main)).toBe(true)
    })

    it('throws the first failure at once, and lets the others go on', async () => {
      const main = body(function* () {
        const told = getRunningLoop().createFuture<void>()
        const goingOn = body(function* () {
          yield* wait(told)
          return 'went on'
        })
        const other = createTask(goingOn)
        try {
          yield* wait(gather([other, failing(1, 'first'), failing(2, 'second')]))
        } catch (error) {
          getRunningLoop().callSoon(() => told.setResult())
          return [(error as Error).message, other.done(), yield* wait(other)]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual(['first', false, 'went on'])
    })

    it('takes a thrown undefined for the failure that it is', async () => {
      const main = body(function* () {
        const nothing = body(function* () {
          yield* wait(sleep(0))
          throw undefined
        })
        const outcomes = yield* wait(gather([nothing], { returnExceptions: true }))
        try {
          yield* wait(gather([nothing, sleep(1)]))
        } catch (error) {
          return [outcomes, error]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual([[{ status: 'rejected', reason: undefined }], undefined])
    })

    it('with returnExceptions gives every outcome', async () => {
      const main = body(function* () {
        const cancelled = createTask(() => sleep(60_000))
        cancelled.cancel()
        return yield* wait(
          gather([sleep(1, 'fine'), failing(1, 'bad'), cancelled], { returnExceptions: true }),
        )
      })
      const [fine, bad, cancelled] = (await run(main)) as PromiseSettledResult<unknown>[]
      expect(fine).toEqual({ status: 'fulfilled', value: 'fine' })
      expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'bad' } })
      expect(isCancelled((cancelled as PromiseRejectedResult).reason)).toBe(true)
    })

    it('cancelled, cancels all of them, and ends when they have ended', async () => {
      const log: string[] = []
      const main = body(function* () {
        const slow = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } finally {
            yield* wait(sleep(2))
            log.push('ended')
          }
        })
        const task = createTask(
          body(function* () {
            yield* wait(gather([slow, slow], { returnExceptions: true }))
          }),
        )
        yield* wait(sleep(1))
        task.cancel()
        try {
          yield* wait(task)
        } catch (error) {
          log.push(isCancelled(error) ? 'cancelled' : 'failed')
        }
      })
      await run(main)
      expect(log).toEqual(['ended', 'ended', 'cancelled'])
    })

    it('throws the CancelledError of a child that was cancelled alone', async () => {
      const main = body(function* () {
        const child = createTask(() => sleep(60_000))
        const all = gather([child, sleep(1)])
        child.cancel()
        try {
          yield* wait(all)
          return 'no error'
        } catch (error) {
          return [isCancelled(error), all.cancelled()]
        }
      })
      expect(await run(main)).toEqual([true, false])
    })

    it('of what is done is done at once', async () => {
      const main = body(function* () {
        const done = createTask(() => sleep(0, 'done'))
        const bad = createTask(failing(0, 'bad'))
        yield* wait(sleep(1))
        const all = [gather([done, done]), gather([done, bad]), gather([])]
        const settled = gather([bad], { returnExceptions: true })
        const states = [...all, settled].map((each) => each.done())
        return [...states, all[0]?.result(), (all[1]?.exception() as Error).message]
      })
      expect(await run(main)).toEqual([true, true, true, true, ['done', 'done'], 'bad'])
    })

    it('takes a coroutine that it was given twice once, and calls a function twice', async () => {
      let calls = 0
      const main = body(function* () {
        const once = sleep(1, {})
        const called = body(function* () {
          calls++
          yield* wait(sleep(0))
        })
        const [one, two] = yield* wait(gather([once, once, called, called]))
        return one === two
      })
      expect(await run(main)).toBe(true)
      expect(calls).toBe(2)
    })

    it('cancelled, passes the message on', async () => {
      const main = body(function* () {
        const outer = createTask(
          body(function* () {
            yield* wait(gather([sleep(60_000)], { returnExceptions: true }))
          }),
        )
        yield* wait(sleep(1))
        outer.cancel('my message')
        try {
          yield* wait(outer)
        } catch (error) {
          return (error as Error).message
        }
        return 'no error'
      })
      expect(await run(main)).toBe('my message')
    })

    it('cancelled, passes the message on though the child went on', async () => {
      const main = body(function* () {
        const waiting = currentTask()
        const child = body(function* () {
          waiting?.cancel('my message')
          try {
            yield* wait(sleep(1))
          } catch {
            // Goes on.
          }
        })
        try {
          yield* wait(gather([child]))
        } catch (error) {
          return [isCancelled(error), (error as Error).message]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual([true, 'my message'])
    })

    it('asks a child to end once for each time that it was given', async () => {
      const main = body(function* () {
        const child = createTask(() => sleep(60_000))
        gather([child, child], { returnExceptions: true }).cancel()
        yield* wait(sleep(0))
        return child.cancelling()
      })
      expect(await run(main)).toBe(2)
    })

    it('leaves the error of a cancelled child to who waits for the child', async () => {
      const main = body(function* () {
        const child = createTask(() => sleep(60_000))
        const all = gather([child], { returnExceptions: true })
        yield* wait(sleep(0))
        child.cancel('my message')
        const [outcome] = yield* wait(all)
        try {
          yield* wait(child)
        } catch (error) {
          const { reason } = outcome as PromiseRejectedResult
          return [isCancelled(reason), (error as Error).message]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual([true, 'my message'])
    })

    it('cannot be cancelled when all are done', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(1, 42))
        const all = gather([task])
        const refused: boolean[] = []
        task.addDoneCallback(() => refused.push(all.cancel()))
        const result = yield* wait(all)
        return [refused, result, all.cancel()]
      })
      expect(await run(main)).toEqual([[false], [42], false])
    })

    it('keeps later failures from being reported, once one was told', async () => {
      const reports: unknown[] = []
      const main = body(function* () {
        getRunningLoop().setExceptionHandler((_, context) => reports.push(context))
        try {
          yield* wait(gather([failing(0, 'first'), failing(1, 'second')]))
        } catch (error) {
          reports.push((error as Error).message)
        }
        yield* wait(sleep(5))
      })
      await run(main)
      expect(reports).toEqual(['first'])
    })

    it('refuses what is no array', () => {
      expect(() => gather('ab' as never)).toThrow(TypeError)
    })
  })
}
