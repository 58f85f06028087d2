import { isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { type ExceptionGroup } from '../exception-group.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

export function describeGroupLimit({ spelling: { body, wait }, run }: TaskDrive): void {
  const group = (limit: number, script: Script<unknown, [TaskGroup]>) =>
    wait(taskGroup(body(script), { limit }))

  describe('the limit of a taskGroup', () => {
    it('holds, and lets tasks begin in the order in which they were made', async () => {
      const log: number[] = []
      let running = 0
      let most = 0
      const main = body(function* () {
        yield* group(3, function* (tasks) {
          for (let i = 0; i < 10; i++) {
            tasks.createTask(
              body(function* () {
                log.push(i)
                most = Math.max(most, ++running)
                yield* wait(sleep(1))
                running--
              }),
            )
          }
          yield* wait(sleep(0))
        })
      })
      await run(main)
      expect(log).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(most).toBe(3)
    })

    it('keeps results, coroutines and functions as they are', async () => {
      const main = body(function* () {
        return yield* group(1, function* (tasks) {
          const all = [
            tasks.createTask(sleep(1, 'first')),
            tasks.createTask(sleep(1, 'second')),
            tasks.createTask(() => sleep(1, 'third')),
          ]
          const results: unknown[] = [all.map((task) => task.done())]
          for (const task of all) results.push(yield* wait(task))
          return results
        })
      })
      expect(await run(main)).toEqual([[false, false, false], 'first', 'second', 'third'])
    })

    it('lets a task that is cancelled in the line leave it', async () => {
      const log: string[] = []
      const main = body(function* () {
        yield* group(1, function* (tasks) {
          const work = (name: string) =>
            body(function* () {
              log.push(name)
              yield* wait(sleep(2))
            })
          tasks.createTask(work('a'))
          const b = tasks.createTask(work('b'))
          tasks.createTask(work('c'))
          yield* wait(sleep(1))
          b.cancel()
          yield* wait(sleep(0))
          yield* wait(sleep(0))
          expect(b.cancelled()).toBe(true)
        })
      })
      await run(main)
      expect(log).toEqual(['a', 'c'])
    })

    it('gives a place on that its task did not use', async () => {
      const log: string[] = []
      const main = body(function* () {
        yield* group(1, function* (tasks) {
          const work = (name: string) =>
            body(function* () {
              log.push(name)
              yield* wait(sleep(0))
            })
          // One before its first step, one in the turn in which it got a place.
          tasks.createTask(work('never')).cancel()
          const first = tasks.createTask(work('first'))
          const next = tasks.createTask(work('never either'))
          tasks.createTask(work('last'))
          first.addDoneCallback(() => next.cancel())
          yield* wait(sleep(0))
        })
        return log
      })
      expect(await run(main)).toEqual(['first', 'last'])
    })

    it('gives all places back', async () => {
      let running = 0
      let most = 0
      const main = body(function* () {
        yield* group(2, function* (tasks) {
          for (let round = 0; round < 5; round++) {
            const made = Array.from({ length: 6 }, () =>
              tasks.createTask(
                body(function* () {
                  most = Math.max(most, ++running)
                  try {
                    yield* wait(sleep(1))
                  } finally {
                    running--
                  }
                }),
              ),
            )
            for (const task of made.slice(0, round)) task.cancel()
            yield* wait(sleep(0))
            for (const task of made.slice(round)) yield* wait(task)
          }
        })
      })
      await run(main)
      expect(most).toBe(2)
    })

    it('does not let tasks begin that wait when the group fails', async () => {
      const log: string[] = []
      const main = body(function* () {
        try {
          yield* group(1, function* (tasks) {
            tasks.createTask(
              body(function* () {
                yield* wait(sleep(1))
                throw new Error('first')
              }),
            )
            tasks.createTask(
              body(function* () {
                log.push('second')
                yield* wait(sleep(0))
              }),
            )
            yield* wait(sleep(60_000))
          })
        } catch (error) {
          log.push(String((error as ExceptionGroup).errors))
        }
      })
      await run(main)
      expect(log).toEqual(['Error: first'])
    })

    it('is left by all when the parent is cancelled', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const parent = createTask(
          body(function* () {
            yield* group(2, function* (tasks) {
              for (let i = 0; i < 5; i++) tasks.createTask(() => sleep(60_000))
              yield* wait(sleep(0))
            })
          }),
        )
        yield* wait(sleep(1))
        parent.cancel()
        try {
          yield* wait(parent)
        } catch (error) {
          log.push(isCancelled(error))
        }
      })
      await run(main)
      expect(log).toEqual([true])
    })

    it('refuses what is no work at once, also when there is no place', async () => {
      const main = body(function* () {
        yield* group(1, function* (tasks) {
          tasks.createTask(() => sleep(0))
          expect(() => tasks.createTask(5 as never)).toThrow(TypeError)
          tasks.createTask(() => sleep(0))
          yield* wait(sleep(0))
        })
      })
      await run(main)
      expect.assertions(1)
    })

    it('is a whole number of at least one, or Infinity', async () => {
      const empty = body(function* () {
        yield* wait(sleep(0))
      })
      expect(() => taskGroup(empty, { limit: 0 })).toThrow(RangeError)
      expect(() => taskGroup(empty, { limit: 1.5 })).toThrow(RangeError)
      expect(() => taskGroup(empty, { limit: '2' as never })).toThrow(TypeError)
      await run(() => taskGroup(empty, { limit: Infinity }))
    })
  })
}
