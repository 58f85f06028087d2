import { Context, ContextVariable, getRunningLoop, InvalidStateError } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { coroutine } from '../coroutine.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { sleep } from '../sleep.js'
import { allTasks } from '../task-registry.js'
import type { TaskDrive } from './conformance.js'

export function describeTaskBasics({ spelling: { body, wait }, run }: TaskDrive): void {
  describe('tasks', () => {
    it('give what their body returns', async () => {
      const result = await run(
        body(function* () {
          return (yield* wait(sleep(1, 40))) + 2
        }),
      )
      expect(result).toBe(42)
    })

    it('throw what their body throws, the very same object', async () => {
      const error = new Error('mine')
      const main = body(function* () {
        yield* wait(sleep(0))
        throw error
      })
      await expect(run(main)).rejects.toBe(error)
    })

    it('begin in the next turn, in the order in which they were made', async () => {
      const log: string[] = []
      const main = body(function* () {
        const child = (name: string) =>
          body(function* () {
            log.push(name)
            yield* wait(sleep(0))
            log.push(name.toUpperCase())
          })
        const tasks = [createTask(child('a')), createTask(child('b'))]
        log.push('main')
        for (const task of tasks) yield* wait(task)
      })
      await run(main)
      expect(log).toEqual(['main', 'a', 'b', 'A', 'B'])
    })

    it('can be waited for twice, and after they are done', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            yield* wait(sleep(1))
            return {}
          }),
        )
        const first = yield* wait(task)
        return first === (yield* wait(task))
      })
      expect(await run(main)).toBe(true)
    })

    it('know their names, and who is current', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            const before = currentTask()
            yield* wait(sleep(1))
            return [before?.name, currentTask()?.name]
          }),
          { name: 'worker' },
        )
        const inside = yield* wait(task)
        return [inside, currentTask() === task, task.name]
      })
      expect(await run(main)).toEqual([['worker', 'worker'], false, 'worker'])
    })

    it('are listed until they are done', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(1))
        const before = allTasks().has(task)
        yield* wait(task)
        return [before, allTasks().has(task), allTasks().size]
      })
      expect(await run(main)).toEqual([true, false, 1])
    })

    it('run in a copy of their creator’s context', async () => {
      const variable = new ContextVariable('where', 'root')
      const main = body(function* () {
        variable.set('main')
        const task = createTask(
          body(function* () {
            const inherited = variable.get()
            variable.set('child')
            yield* wait(sleep(1))
            return [inherited, variable.get()]
          }),
        )
        const seen = yield* wait(task)
        return [seen, variable.get()]
      })
      expect(await run(main)).toEqual([['main', 'child'], 'main'])
      expect(variable.get()).toBe('root')
    })

    it('run in the context that they are given', async () => {
      const variable = new ContextVariable('where', 'root')
      const context = new Context()
      context.run(() => variable.set('given'))
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            yield* wait(sleep(0))
            return variable.get()
          }),
          { context },
        )
        return yield* wait(task)
      })
      expect(await run(main)).toBe('given')
    })

    it('refuse to wait for themselves', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* (): Generator<unknown, unknown> {
            yield* wait(sleep(0))
            return yield* wait(task)
          }),
        )
        try {
          yield* wait(task)
          return 'no error'
        } catch (error) {
          return (error as Error).message
        }
      })
      expect(await run(main)).toMatch(/cannot wait for itself/)
    })

    it('refuse results from outside', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(0))
        expect(() => task.setResult()).toThrow(InvalidStateError)
        expect(() => task.setException()).toThrow(InvalidStateError)
        yield* wait(task)
      })
      await run(main)
      expect.assertions(2)
    })

    it('go on in the turn after what they waited for', async () => {
      const log: string[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        const future = loop.createFuture<void>()
        loop.callSoon(() => {
          future.setResult()
          loop.callSoon(() => log.push('scheduled after'))
          log.push('set')
        })
        yield* wait(future)
        log.push('woken')
        yield* wait(sleep(0))
      })
      await run(main)
      expect(log).toEqual(['set', 'woken', 'scheduled after'])
    })

    it('give way once for a sleep that is not positive', async () => {
      const log: string[] = []
      const main = body(function* () {
        getRunningLoop().callSoon(() => log.push('other'))
        yield* wait(sleep(-5))
        log.push('back')
      })
      await run(main)
      expect(log).toEqual(['other', 'back'])
    })

    it('take a coroutine once', async () => {
      const main = body(function* () {
        const once = coroutine(sleep(0)[Symbol.iterator]())
        yield* wait(once)
        try {
          yield* wait(once)
          return 'twice'
        } catch (error) {
          return (error as Error).message
        }
      })
      expect(await run(main)).toMatch(/taken once/)
    })

    it('refuse a delay that is no number', () => {
      expect(() => sleep(NaN)).toThrow(RangeError)
      expect(() => sleep('1' as never)).toThrow(TypeError)
    })
  })
}
