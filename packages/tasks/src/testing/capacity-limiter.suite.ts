import { InvalidStateError } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { CapacityLimiter } from '../capacity-limiter.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { moveOnAfter } from '../move-on-after.js'
import { sleep } from '../sleep.js'
import { WouldBlockError } from '../would-block-error.js'
import type { TaskDrive } from './conformance.js'

export function describeCapacityLimiter({ spelling: { body, wait }, run }: TaskDrive): void {
  /** A task that takes a token and keeps it until it is told to give it back. */
  function holder(
    limiter: CapacityLimiter,
    log: unknown[],
    name: string,
    look = (): void => undefined,
  ) {
    return createTask(
      body(function* () {
        const token = yield* wait(limiter.acquire())
        log.push(name)
        look()
        yield* wait(sleep(1))
        token[Symbol.dispose]()
      }),
      { name },
    )
  }

  describe('CapacityLimiter', () => {
    it('lends tokens to tasks, first come, first served', async () => {
      const log: unknown[] = []
      let most = 0
      const main = body(function* () {
        const limiter = new CapacityLimiter(2)
        const tasks = ['a', 'b', 'c', 'd', 'e'].map((name) => {
          const look = (): void => void (most = Math.max(most, limiter.borrowed))
          return holder(limiter, log, name, look)
        })
        for (const task of tasks) yield* wait(task)
        return [limiter.borrowed, limiter.available]
      })
      expect(await run(main)).toEqual([0, 2])
      expect(log).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(most).toBe(2)
    })

    it('tells who holds tokens, and how many wait', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(1)
        const tasks = ['a', 'b', 'c'].map((name) => holder(limiter, [], name))
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        const { borrowers, ...counts } = limiter.statistics()
        const holds = borrowers[0] === tasks[0]
        for (const task of tasks) yield* wait(task)
        return [counts, holds, limiter.statistics()]
      })
      expect(await run(main)).toEqual([
        { total: 1, borrowed: 1, waiting: 2 },
        true,
        { total: 1, borrowed: 0, borrowers: [], waiting: 0 },
      ])
    })

    it('lends a task one token at a time', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(2)
        yield* wait(limiter.acquire())
        try {
          yield* wait(limiter.acquire())
          return 'twice'
        } catch (error) {
          limiter.release()
          yield* wait(limiter.acquire())
          limiter.release()
          return [error instanceof InvalidStateError, limiter.borrowed]
        }
      })
      expect(await run(main)).toEqual([true, 0])
    })

    it('takes back only what is borrowed', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(1)
        yield* wait(sleep(0))
        expect(() => limiter.release()).toThrow(InvalidStateError)
        expect(() => limiter.releaseOnBehalfOf('nobody')).toThrow(InvalidStateError)
      })
      await run(main)
      expect.assertions(2)
    })

    it('lends to others than tasks', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(1)
        yield* wait(limiter.acquireOnBehalfOf('db'))
        expect(() => limiter.acquireOnBehalfOfNowait('db')).toThrow(InvalidStateError)
        const log: unknown[] = []
        const other = createTask(
          body(function* () {
            yield* wait(limiter.acquireOnBehalfOf('cache'))
            log.push(limiter.statistics().borrowers)
          }),
        )
        yield* wait(sleep(0))
        try {
          yield* wait(limiter.acquireOnBehalfOf('cache'))
        } catch (error) {
          log.push(error instanceof InvalidStateError)
        }
        limiter.releaseOnBehalfOf('db')
        yield* wait(other)
        return log
      })
      expect(await run(main)).toEqual([true, ['cache']])
    })

    it('can be asked without waiting', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(1)
        const token = limiter.acquireNowait()
        expect(() => limiter.acquireOnBehalfOfNowait('other')).toThrow(WouldBlockError)
        token[Symbol.dispose]()
        limiter.acquireOnBehalfOfNowait('other')
        yield* wait(sleep(0))
        return limiter.statistics().borrowers
      })
      expect(await run(main)).toEqual(['other'])
    })

    it('ignores a token that was given back, whoever holds one meanwhile', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(1)
        const token = yield* wait(limiter.acquire())
        token[Symbol.dispose]()
        yield* wait(limiter.acquire())
        token[Symbol.dispose]()
        return limiter.borrowed
      })
      expect(await run(main)).toBe(1)
    })

    it('can be raised while others wait, and lowered below what is borrowed', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(0)
        const log: unknown[] = []
        const tasks = ['a', 'b', 'c'].map((name) => holder(limiter, log, name))
        yield* wait(sleep(0))
        limiter.total = 2
        yield* wait(sleep(0))
        log.push(limiter.available)
        limiter.total = 1
        log.push(limiter.available)
        for (const task of tasks) yield* wait(task)
        return [...log, limiter.available]
      })
      expect(await run(main)).toEqual(['a', 'b', 0, -1, 'c', 1])
    })

    it('borrows nothing for a wait that is cancelled', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(1)
        const log: unknown[] = []
        yield* wait(limiter.acquireOnBehalfOf('first'))
        const tasks = ['a', 'b'].map((name) => holder(limiter, log, name))
        yield* wait(sleep(0))
        tasks[0]?.cancel()
        yield* wait(sleep(0))
        log.push(limiter.statistics().waiting)
        limiter.releaseOnBehalfOf('first')
        yield* wait(tasks[1] as never)
        return [...log, limiter.borrowed]
      })
      expect(await run(main)).toEqual([1, 'b', 0])
    })

    it('gives the token on of a task that is cancelled in the turn in which it gets it', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(1)
        const log: unknown[] = []
        yield* wait(limiter.acquireOnBehalfOf('first'))
        const tasks = ['a', 'b', 'c'].map((name) => holder(limiter, log, name))
        yield* wait(sleep(0))
        limiter.releaseOnBehalfOf('first')
        tasks[0]?.cancel()
        // About to leave the line when the token comes to it.
        tasks[1]?.cancel()
        yield* wait(tasks[2] as never)
        return [...log, limiter.borrowed, limiter.statistics().waiting]
      })
      expect(await run(main)).toEqual(['c', 0, 0])
    })

    it('ends a wait when its signal is aborted, or a scope around it is cancelled', async () => {
      const main = body(function* () {
        const limiter = new CapacityLimiter(0)
        const controller = new AbortController()
        const log: unknown[] = []
        const task = createTask(
          body(function* () {
            try {
              yield* wait(limiter.acquire({ signal: controller.signal }))
            } catch (error) {
              log.push(error, currentTask()?.cancelling())
            }
          }),
        )
        yield* wait(sleep(0))
        controller.abort('enough')
        yield* wait(task)
        log.push(yield* wait(moveOnAfter(1, () => limiter.acquire())))
        return [...log, limiter.statistics().waiting]
      })
      expect(await run(main)).toEqual(['enough', 0, undefined, 0])
    })

    it('refuses what is no number of tokens', () => {
      expect(() => new CapacityLimiter(-1)).toThrow(RangeError)
      expect(() => new CapacityLimiter(1.5)).toThrow(RangeError)
      expect(() => new CapacityLimiter('1' as never)).toThrow(TypeError)
      const limiter = new CapacityLimiter(Infinity)
      expect(() => (limiter.total = NaN)).toThrow(RangeError)
      expect(() => limiter.acquireOnBehalfOfNowait(undefined as never)).toThrow(TypeError)
      expect(limiter.available).toBe(Infinity)
    })
  })
}
