import { isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { Barrier } from '../barrier.js'
import { BrokenBarrierError } from '../broken-barrier-error.js'
import { createTask } from '../create-task.js'
import { gather } from '../gather.js'
import { sleep } from '../sleep.js'
import type { TaskDrive } from './conformance.js'

const parties = 5

export function describeBarriers({ spelling: { body, wait }, run }: TaskDrive): void {
  const five = Array.from({ length: parties })
  /** Starts `n` tasks of one kind. */
  const start = (n: number, script: () => Generator<unknown, unknown, unknown>) =>
    Array.from({ length: n }, () => createTask(body(script)))

  /** Waits at a barrier, and gives the index; undefined if the barrier broke. */
  function* enters(barrier: Barrier): Generator<unknown, number | undefined, unknown> {
    try {
      return yield* wait(barrier.wait())
    } catch (error) {
      if (!(error instanceof BrokenBarrierError)) throw error
      return undefined
    }
  }

  function* passes(barrier: Barrier): Generator<unknown, boolean, unknown> {
    return (yield* enters(barrier)) !== undefined
  }

  describe('Barrier', () => {
    it('lets all go when the last one has come, and counts them', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const indexes = yield* wait(gather(five.map(() => barrier.wait())))
        return [indexes, barrier.nWaiting, barrier.broken, barrier.parties]
      })
      expect(await run(main)).toEqual([[0, 1, 2, 3, 4], 0, false, 5])
    })

    it('counts those who wait', async () => {
      const main = body(function* () {
        const barrier = new Barrier(3)
        const seen: unknown[] = []
        const tasks = []
        for (let i = 0; i < 3; i++) {
          tasks.push(createTask(barrier.wait()))
          yield* wait(sleep(0))
          seen.push(barrier.nWaiting)
        }
        yield* wait(gather(tasks))
        return [...seen, String(barrier)]
      })
      expect(await run(main)).toEqual([1, 2, 0, '<Barrier filling, waiters: 0/3>'])
    })

    it('of one lets everybody go at once', async () => {
      const main = body(function* () {
        const barrier = new Barrier(1)
        return [yield* wait(barrier.wait()), yield* wait(barrier.wait()), barrier.nWaiting]
      })
      expect(await run(main)).toEqual([0, 0, 0])
    })

    it('can be used again', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const tasks = start(parties, function* () {
          yield* wait(barrier.wait())
          log.push(1)
          const index = yield* wait(barrier.wait())
          log.push(2)
          return index
        })
        return yield* wait(gather(tasks))
      })
      expect([...((await run(main)) as number[])].sort()).toEqual([0, 1, 2, 3, 4])
      expect(log).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    })

    it('drains until the last one has gone', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const states: string[] = []
        const tasks = start(parties, function* () {
          yield* wait(barrier.wait())
          states.push(String(barrier))
        })
        yield* wait(gather(tasks))
        return states.map((state) => state.includes('draining'))
      })
      expect(await run(main)).toEqual([true, true, true, true, false])
    })

    it('makes those who come back wait until it has drained', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const others = new Barrier(parties - 2)
        let again = 2
        const tasks = start(parties, function* () {
          yield* wait(barrier.wait())
          if (again-- <= 0) yield* wait(others.wait())
          yield* wait(barrier.wait())
        })
        yield* wait(gather(tasks))
        return [barrier.nWaiting, others.nWaiting]
      })
      expect(await run(main)).toEqual([0, 0])
    })

    it('counts a task no more that was cancelled', async () => {
      const main = body(function* () {
        const barrier = new Barrier(3)
        const tasks = [createTask(barrier.wait()), createTask(barrier.wait())]
        yield* wait(sleep(0))
        const before = barrier.nWaiting
        tasks[0]?.cancel()
        let cancelled = false
        try {
          yield* wait(tasks[0] as never)
        } catch (error) {
          cancelled = isCancelled(error)
        }
        const after = barrier.nWaiting
        const rest = [tasks[1] as never, barrier.wait(), barrier.wait()] as const
        yield* wait(gather(rest))
        return [before, cancelled, after, barrier.nWaiting, barrier.broken]
      })
      expect(await run(main)).toEqual([2, true, 1, 0, false])
    })

    it('tells its state', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const states = [String(barrier)]
        const tasks = start(2, () => passes(barrier))
        yield* wait(sleep(0))
        states.push(String(barrier))
        tasks.push(...start(3, () => passes(barrier)))
        yield* wait(sleep(0))
        states.push(String(barrier))
        tasks.push(...start(2, () => passes(barrier)))
        yield* wait(sleep(0))
        yield* wait(barrier.reset())
        states.push(String(barrier))
        yield* wait(barrier.abort())
        states.push(String(barrier))
        yield* wait(gather(tasks))
        return [...states, barrier.broken]
      })
      expect(await run(main)).toEqual([
        '<Barrier filling, waiters: 0/5>',
        '<Barrier filling, waiters: 2/5>',
        '<Barrier draining, waiters: 0/5>',
        '<Barrier resetting, waiters: 0/5>',
        '<Barrier broken, waiters: 0/5>',
        true,
      ])
    })

    it('reset with nobody there, changes nothing', async () => {
      const main = body(function* () {
        const barrier = new Barrier(1)
        yield* wait(barrier.reset())
        return [barrier.nWaiting, barrier.broken, yield* wait(barrier.wait())]
      })
      expect(await run(main)).toEqual([0, false, 0])
    })

    it('reset, throws at those who wait, and is as new', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const tasks = start(parties - 1, () => passes(barrier))
        yield* wait(sleep(0))
        createTask(barrier.reset())
        const passed = yield* wait(gather(tasks))
        return [passed, String(barrier), barrier.broken]
      })
      expect(await run(main)).toEqual([
        [false, false, false, false],
        '<Barrier filling, waiters: 0/5>',
        false,
      ])
    })

    it('reset while half have gone, throws at the others', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        let gone = 0
        const tasks = start(parties, function* () {
          if (!(yield* passes(barrier))) return 'thrown'
          gone++
          if (gone === 3) yield* wait(barrier.reset())
          return 'gone'
        })
        const ends = yield* wait(gather(tasks))
        return [[...ends].sort(), String(barrier)]
      })
      expect(await run(main)).toEqual([
        ['gone', 'gone', 'gone', 'thrown', 'thrown'],
        '<Barrier filling, waiters: 0/5>',
      ])
    })

    it('reset, spares those who wait for it to drain', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const log: string[] = []
        let gone = 0
        const tasks = start(parties, function* () {
          if (!(yield* passes(barrier))) log.push('thrown while leaving')
          else if (++gone > 2) yield* wait(barrier.reset())
          if (!(yield* passes(barrier))) log.push('thrown while coming back')
        })
        yield* wait(gather(tasks))
        return [log, String(barrier)]
      })
      expect(await run(main)).toEqual([
        ['thrown while leaving', 'thrown while leaving'],
        '<Barrier filling, waiters: 0/5>',
      ])
    })

    it('reset, can be waited at again by those at whom it threw', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const tasks = start(parties - 1, function* () {
          const first = yield* passes(barrier)
          return [first, yield* passes(barrier)]
        })
        createTask(barrier.reset())
        yield* wait(sleep(0))
        const last = createTask(barrier.wait())
        const passed = yield* wait(gather(tasks))
        yield* wait(last)
        return [passed, barrier.broken, barrier.nWaiting]
      })
      const ends = [1, 2, 3, 4].map(() => [false, true])
      expect(await run(main)).toEqual([ends, false, 0])
    })

    it('reset by the last one that goes, throws at nobody', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        let gone = 0
        const tasks = start(parties, function* () {
          yield* wait(barrier.wait())
          if (++gone === parties) yield* wait(barrier.reset())
          yield* wait(barrier.wait())
          yield* wait(barrier.wait())
          return true
        })
        return [yield* wait(gather(tasks)), barrier.broken, barrier.nWaiting]
      })
      expect(await run(main)).toEqual([[true, true, true, true, true], false, 0])
    })

    it('aborted, stays broken', async () => {
      const main = body(function* () {
        const barrier = new Barrier(1)
        yield* wait(barrier.abort())
        return [barrier.nWaiting, barrier.broken, yield* passes(barrier)]
      })
      expect(await run(main)).toEqual([0, true, false])
    })

    it('aborted, throws at those who leave and those who come back', async () => {
      const main = body(function* () {
        const barrier = new Barrier(parties)
        const log: string[] = []
        let gone = 0
        const tasks = start(parties, function* () {
          if (!(yield* passes(barrier))) log.push('leaving')
          else if (++gone > 2) yield* wait(barrier.abort())
          else if (!(yield* passes(barrier))) log.push('coming back')
        })
        yield* wait(gather(tasks))
        return [log.sort(), barrier.broken, barrier.nWaiting]
      })
      expect(await run(main)).toEqual([
        ['coming back', 'coming back', 'leaving', 'leaving'],
        true,
        0,
      ])
    })

    it('aborted by one of them, is whole again after a reset', async () => {
      const main = body(function* () {
        const [barrier, meeting] = [new Barrier(parties), new Barrier(parties)]
        const log: unknown[] = []
        const tasks = start(parties, function* () {
          const index = yield* enters(barrier)
          if (index === 2) yield* wait(barrier.abort())
          else log.push(index !== undefined && (yield* passes(barrier)))
          if ((yield* wait(meeting.wait())) === 2) yield* wait(barrier.reset())
          yield* wait(meeting.wait())
          return yield* passes(barrier)
        })
        return [yield* wait(gather(tasks)), log, barrier.broken, barrier.nWaiting]
      })
      expect(await run(main)).toEqual([
        [true, true, true, true, true],
        [false, false, false, false],
        false,
        0,
      ])
    })

    it('throws errors that say so', async () => {
      const main = body(function* () {
        const barrier = new Barrier(2)
        yield* wait(barrier.abort())
        yield* wait(barrier.wait())
      })
      await expect(run(main)).rejects.toMatchObject({
        name: 'BrokenBarrierError',
        code: 'ERR_TSYNCIO_BROKEN_BARRIER',
        message: '<Barrier broken, waiters: 0/2> was aborted, or reset while tasks waited.',
      })
    })

    it('refuses what is no number of parties', () => {
      for (const number of [0, -4, NaN, 1.5, Infinity]) {
        expect(() => new Barrier(number)).toThrow(RangeError)
      }
      expect(() => new Barrier('2' as never)).toThrow(TypeError)
      expect(() => new Barrier(undefined as never)).toThrow(TypeError)
    })
  })
}
