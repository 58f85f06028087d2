import { getRunningLoop, type Runnable } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { FIRST_COMPLETED, FIRST_EXCEPTION } from '../return-when.js'
import { sleep } from '../sleep.js'
import type { Task } from '../task.js'
import { wait as waitSeveral, type DoneAndPending } from '../wait.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'

export function describeWait({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)

  const failing = (delay: number) =>
    body(function* () {
      yield* wait(sleep(delay))
      throw new Error('bad')
    })
  const names = ({ done, pending }: DoneAndPending<Task>) =>
    [done, pending].map((set) => Array.from(set, (task) => task.name).join(' '))
  const slowAnd = (work: () => unknown) => [
    createTask(() => sleep(60_000), { name: 'slow' }),
    createTask(work as () => Promise<unknown>, { name: 'quick' }),
  ]

  describe('wait', () => {
    it('gives all of them when all are done, those that failed too', async () => {
      const main = body(function* () {
        const tasks = [
          createTask(() => sleep(2), { name: 'a' }),
          createTask(failing(1), { name: 'b' }),
        ]
        const result = names(yield* wait(waitSeveral(tasks)))
        return [...result, (tasks[1] as Task).exception()]
      })
      expect(await run(main)).toMatchObject(['a b', '', { message: 'bad' }])
    })

    it('gives the first that is done, with those of the same turn', async () => {
      const main = body(function* () {
        const [slow, quick] = slowAnd(() => sleep(0)) as [Task, Task]
        const other = createTask(() => sleep(0), { name: 'as quick' })
        const all = [slow, quick, other]
        return names(yield* wait(waitSeveral(all, { returnWhen: FIRST_COMPLETED })))
      })
      expect(await run(main)).toEqual(['quick as quick', 'slow'])
    })

    it('gives the first failure', async () => {
      const main = body(function* () {
        const tasks = [...slowAnd(() => sleep(1)), createTask(failing(2), { name: 'failing' })]
        const result = names(yield* wait(waitSeveral(tasks, { returnWhen: FIRST_EXCEPTION })))
        tasks[2]?.exception()
        return result
      })
      expect(await run(main)).toEqual(['quick failing', 'slow'])
    })

    it('does not take a cancelled one for a failure', async () => {
      const main = body(function* () {
        const tasks = slowAnd(() => sleep(3))
        tasks[0]?.cancel()
        return names(yield* wait(waitSeveral(tasks, { returnWhen: FIRST_EXCEPTION })))
      })
      expect(await run(main)).toEqual(['slow quick', ''])
    })

    it('gives what there is when the time is up, and cancels nothing', async () => {
      const main = body(function* () {
        const tasks = slowAnd(() => sleep(1))
        yield* wait(tasks[1] as Task)
        const result = names(yield* wait(waitSeveral(tasks, { timeout: 1 })))
        return [...result, tasks[0]?.cancelling()]
      })
      expect(await run(main)).toEqual(['quick', 'slow', 0])
    })

    it('gives way once, whatever is done already', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const future = getRunningLoop().createFuture<void>()
        future.setResult()
        getRunningLoop().callSoon(() => log.push('other'))
        const { done } = yield* wait(waitSeveral([future, future], { timeout: 0 }))
        log.push(done.has(future), done.size)
      })
      await run(main)
      expect(log).toEqual(['other', true, 1])
    })

    it('cancelled, leaves what it waits for alone, and nothing behind', async () => {
      const main = body(function* () {
        const tasks = slowAnd(() => sleep(60_000))
        const waiter = createTask(() => waitSeveral(tasks, { timeout: 60_000 }))
        yield* wait(sleep(1))
        const before = tasks.map((task) => task.waiters().length)
        waiter.cancel('enough')
        const how = yield* ending(waiter)
        return [how, before, tasks.map((task) => [task.cancelling(), task.waiters().length])]
      })
      const left = [0, 0]
      expect(await run(main)).toEqual(['CancelledError: enough', [1, 1], [left, left]])
    })

    it('leaves nothing behind at those that are still pending', async () => {
      const main = body(function* () {
        const forever = getRunningLoop().createFuture()
        for (let i = 0; i < 100; i++)
          yield* wait(
            waitSeveral([forever, createTask(() => sleep(0))], { returnWhen: FIRST_COMPLETED }),
          )
        return forever.waiters().length
      })
      expect(await run(main)).toBe(0)
    })

    it('says who waits, among the waiters of what it waits for', async () => {
      const main = body(function* () {
        const forever = getRunningLoop().createFuture()
        const waiter = createTask(() => waitSeveral([forever]))
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        return forever.waiters().map((each) => (each as Runnable & { task?: Task }).task === waiter)
      })
      expect(await run(main)).toEqual([true])
    })

    it('takes any iterable, once', async () => {
      const main = body(function* () {
        const tasks = slowAnd(() => sleep(0)).slice(1)
        const { done } = yield* wait(waitSeveral(new Set(tasks).values()))
        return done.size
      })
      expect(await run(main)).toBe(1)
    })

    it('refuses what is no task, nothing at all, and a task that waits for itself', async () => {
      expect(() => waitSeveral([])).toThrow(RangeError)
      expect(() => waitSeveral([sleep(1)] as never)).toThrow(/createTask/)
      expect(() => waitSeveral([() => sleep(1)] as never)).toThrow(TypeError)
      expect(() => waitSeveral([undefined] as never)).toThrow(TypeError)
      expect(() => waitSeveral(42 as never)).toThrow(TypeError)
      expect(() => waitSeveral(sleep(1) as never)).toThrow(/takes several/)
      const main = body(function* () {
        const task = createTask(() => sleep(0))
        expect(() => waitSeveral(task as never)).toThrow(/takes several/)
        expect(() => waitSeveral([task], { timeout: NaN })).toThrow(RangeError)
        expect(() => waitSeveral([task], { timeout: '1' as never })).toThrow(TypeError)
        expect(() => waitSeveral([task], { returnWhen: 'ALL' as never })).toThrow(RangeError)
        return yield* ending(waitSeveral([currentTask() as Task]))
      })
      expect(await run(main)).toMatch(/^InvalidStateError: .* cannot wait for itself/)
    })
  })
}
