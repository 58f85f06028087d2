import { getRunningLoop } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { asCompleted } from '../as-completed.js'
import { coroutine } from '../coroutine.js'
import { createTask } from '../create-task.js'
import { gather } from '../gather.js'
import { sleep } from '../sleep.js'
import { Task } from '../task.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'

export function describeAsCompleted({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)

  /** Is done after `first` is, however long the steps of the others take. */
  const after = (first: Task, value: string) =>
    createTask(
      body(function* () {
        yield* ending(first)
        return value
      }),
    )

  describe('asCompleted', () => {
    it('gives the results in the order of completion', async () => {
      const main = body(function* () {
        const results: unknown[] = []
        const a = createTask(() => sleep(1, 'a'))
        const b = after(a, 'b')
        for (const next of asCompleted([after(b, 'c'), a, b])) results.push(yield* wait(next))
        return results
      })
      expect(await run(main)).toEqual(['a', 'b', 'c'])
    })

    it('throws the failure of the one that is next, and goes on', async () => {
      const main = body(function* () {
        const failing = createTask(
          body(function* () {
            yield* wait(sleep(1))
            throw new Error('bad')
          }),
        )
        const ends: unknown[] = []
        for (const next of asCompleted([after(failing, 'fine'), failing]))
          ends.push(yield* ending(next))
        return ends
      })
      expect(await run(main)).toEqual(['Error: bad', 'fine'])
    })

    it('asynchronously gives the tasks and futures that it was given', async () => {
      const main = body(function* () {
        const loop = getRunningLoop()
        const last = loop.createFuture<void>()
        const future = loop.createFuture<number>()
        const slow = createTask(function* () {
          yield* last
        })
        const quick = createTask(() => sleep(1))
        quick.addDoneCallback(() => future.setResult(1))
        future.addDoneCallback(() => last.setResult())
        const each = asCompleted([slow, quick, future])[Symbol.asyncIterator]()
        const order = []
        for (let step; !(step = yield* wait(each.next())).done;)
          order.push([slow, quick, future].indexOf(step.value[0]))
        return order
      })
      expect(await run(main)).toEqual([1, 2, 0])
    })

    it('asynchronously gives tasks for coroutines, done', async () => {
      const main = body(function* () {
        const each = asCompleted([sleep(1, 'x')])[Symbol.asyncIterator]()
        const { value } = yield* wait(each.next())
        const last = yield* wait(each.next())
        return [value?.[0] instanceof Task, value?.[0].result(), last.done]
      })
      expect(await run(main)).toEqual([true, 'x', true])
    })

    it('counts one that is given twice once', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(0))
        const once = sleep(0)
        return [...asCompleted([task, once, task, once])].length
      })
      expect(await run(main)).toBe(2)
    })

    it('starts them at once, before anybody asks', async () => {
      const main = body(function* () {
        let began = false
        const all = asCompleted([
          body(function* () {
            began = true
            yield* wait(sleep(1))
          }),
        ])
        yield* wait(sleep(0))
        const before = began
        for (const next of all) yield* wait(next)
        return before
      })
      expect(await run(main)).toBe(true)
    })

    it('throws a TimeoutError for each that is late, and cancels nothing', async () => {
      const main = body(function* () {
        const tasks = [1, 60_000, 60_000].map((delay) => createTask(() => sleep(delay, delay)))
        yield* wait(tasks[0] as Task)
        const ends: unknown[] = []
        for (const next of asCompleted(tasks, { timeout: 200 })) ends.push(yield* ending(next))
        return [ends, tasks.map((task) => task.done()), tasks[1]?.waiters().length]
      })
      const ends = [1, 'TimeoutError', 'TimeoutError']
      expect(await run(main)).toEqual([ends, [true, false, false], 0])
    })

    it('does not time out when all are done in time', async () => {
      const main = body(function* () {
        const ends: unknown[] = []
        const done = createTask(() => sleep(1, 'a'))
        yield* wait(done)
        for (const next of asCompleted([done], { timeout: 200 })) ends.push(yield* wait(next))
        yield* wait(sleep(210))
        return ends
      })
      expect(await run(main)).toEqual(['a'])
    })

    it('asynchronously throws the TimeoutError as well', async () => {
      const main = body(function* () {
        const tasks = [createTask(() => sleep(60_000))]
        const each = asCompleted(tasks, { timeout: 1 })[Symbol.asyncIterator]()
        return yield* ending(each.next())
      })
      expect(await run(main)).toBe('TimeoutError')
    })

    it('may be waited for out of order, and at once', async () => {
      const main = body(function* () {
        const sooner = createTask(() => sleep(1, 'sooner'))
        const [first, second] = asCompleted([after(sooner, 'later'), sooner])
        if (first === undefined || second === undefined) return
        // Who begins to wait first gets what is done first.
        const tasks = [createTask(second), createTask(first)]
        return yield* wait(gather(tasks))
      })
      expect(await run(main)).toEqual(['sooner', 'later'])
    })

    it('loses nothing when a wait is cancelled that was just woken', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture<string>()
        const other = getRunningLoop().createFuture<string>()
        const [one, two] = asCompleted([future, other])
        if (one === undefined || two === undefined) return
        const tasks = [createTask(one), createTask(two)]
        yield* wait(sleep(0))
        future.setResult('kept')
        yield* wait(sleep(0))
        tasks[0]?.cancel()
        const ends = [yield* ending(tasks[0] as Task), yield* ending(tasks[1] as Task)]
        other.cancel()
        return ends
      })
      expect(await run(main)).toEqual(['CancelledError', 'kept'])
    })

    it('left early cancels nothing', async () => {
      const main = body(function* () {
        const slow = createTask(() => sleep(4, 'slow'))
        for (const next of asCompleted([slow, sleep(0, 'quick')])) {
          yield* wait(next)
          break
        }
        return yield* ending(slow)
      })
      expect(await run(main)).toBe('slow')
    })

    it('of nothing gives nothing', async () => {
      const main = body(function* () {
        const each = asCompleted([])[Symbol.asyncIterator]()
        return [[...asCompleted([])].length, (yield* wait(each.next())).done]
      })
      expect(await run(main)).toEqual([0, true])
    })

    it('gives way even for what is done', async () => {
      const log: string[] = []
      const main = body(function* () {
        const future = getRunningLoop().createFuture<string>()
        future.setResult('done')
        const all = asCompleted([future])
        getRunningLoop().callSoon(() => log.push('other'))
        for (const next of all) log.push(yield* wait(next))
      })
      await run(main)
      expect(log).toEqual(['other', 'done'])
    })

    it('refuses a single one, and what cannot be waited for', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(0))
        const generator = coroutine(sleep(0)[Symbol.iterator]())
        for (const wrong of [task, generator, 42, [42], null])
          expect(() => asCompleted(wrong as never)).toThrow(TypeError)
        expect(() => asCompleted([task], { timeout: NaN })).toThrow(RangeError)
        yield* wait(task)
      })
      await run(main)
      expect.assertions(6)
    })
  })
}
