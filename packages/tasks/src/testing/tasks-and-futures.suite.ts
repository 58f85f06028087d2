import {
  Context,
  ContextVariable,
  EventLoop,
  getRunningLoop,
  isCancelled,
  type ExceptionContext,
} from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { ensureFuture } from '../ensure-future.js'
import { sleep } from '../sleep.js'
import { Task } from '../task.js'
import { TimeoutError } from '../timeout-error.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'

export function describeTasksAndFutures({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)

  describe('ensureFuture', () => {
    it('gives futures and tasks as they are', async () => {
      const main = body(function* () {
        const loop = getRunningLoop()
        const future = loop.createFuture()
        const task = createTask(() => sleep(0))
        const same = [ensureFuture(future), ensureFuture(task, { loop })]
        yield* wait(task)
        return [same[0] === future, same[1] === task]
      })
      expect(await run(main)).toEqual([true, true])
    })

    it('makes tasks of everything else, on the loop that was asked for', async () => {
      const other = new EventLoop()
      // It is closed with a task that is pending.
      other.setExceptionHandler(() => undefined)
      const main = body(function* () {
        const made = [sleep(0), () => sleep(0), sleep(0)].map((work) => ensureFuture(work))
        const apart = ensureFuture(sleep(0), { loop: other })
        for (const task of made) yield* wait(task)
        const loops = [...made, apart].map((task) => task.getLoop() === getRunningLoop())
        return [made.every((task) => task instanceof Task), ...loops]
      })
      expect(await run(main)).toEqual([true, true, true, true, false])
      other.close()
    })
  })

  describe('a task', () => {
    it('has a name that is text', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(0), { name: 42 as never })
        const names = [task.name, task.toString()]
        task.name = 7 as never
        yield* wait(task)
        return [...names, task.name, /^Task-\d+$/.test(createTask(sleep(0)).name)]
      })
      expect(await run(main)).toEqual(['42', '<Task 42 pending>', '7', true])
    })

    it('is the current one of its loop, and only while it runs', async () => {
      const other = new EventLoop()
      const main = body(function* () {
        const seen: unknown[] = []
        const loop = getRunningLoop()
        loop.callSoon(() => seen.push(currentTask()))
        const mine = currentTask()
        seen.push(currentTask(loop) === mine, currentTask(other))
        yield* wait(sleep(0))
        seen.push(currentTask() === mine)
        return seen
      })
      expect(await run(main)).toEqual([true, null, null, true])
      other.close()
    })

    it('is the current one however many take turns', async () => {
      const main = body(function* () {
        const work = (name: string) =>
          body(function* () {
            const seen = new Set<string | undefined>()
            for (let i = 0; i < 3; i++) {
              seen.add(currentTask()?.name)
              yield* wait(sleep(0))
            }
            return [...seen].join() === name
          })
        const tasks = ['a', 'b', 'c'].map((name) => createTask(work(name), { name }))
        const right: unknown[] = []
        for (const task of tasks) right.push(yield* wait(task))
        return right
      })
      expect(await run(main)).toEqual([true, true, true])
    })

    it('runs in the very context that it is given, one after the other', async () => {
      const variable = new ContextVariable<number>('n')
      const main = body(function* () {
        const context = Context.current.copy()
        const seen = [context.get(variable)]
        for (const value of [1, 2]) {
          const set = body(function* () {
            yield* wait(sleep(0))
            variable.set(value)
          })
          const task = createTask(set, { context })
          yield* wait(task)
          seen.push(context.get(variable), task.getContext() === context)
        }
        return [...seen, variable.get(0)]
      })
      expect(await run(main)).toEqual([undefined, 1, true, 2, true, 0])
    })

    it('has done callbacks that run where they were added, or where they are told to', async () => {
      const variable = new ContextVariable('where', 'root')
      const seen: string[] = []
      const main = body(function* () {
        const elsewhere = new Context()
        elsewhere.run(() => variable.set('elsewhere'))
        variable.set('main')
        const inTask = body(function* () {
          variable.set('task')
          yield* wait(sleep(0))
        })
        const task = createTask(inTask)
        const note = (): void => void seen.push(variable.get())
        task.addDoneCallback(note)
        task.addDoneCallback(note, { context: elsewhere })
        variable.set('later')
        yield* wait(task)
        yield* wait(sleep(0))
      })
      await run(main)
      expect(seen).toEqual(['main', 'elsewhere'])
    })

    it('waits at a future and is cancelled with it, and it with the task', async () => {
      const main = body(function* () {
        const [one, other] = [getRunningLoop().createFuture(), getRunningLoop().createFuture()]
        const tasks = [one, other].map((future) =>
          createTask(
            body(function* () {
              return yield* wait(future)
            }),
          ),
        )
        yield* wait(sleep(0))
        one.cancel('future')
        tasks[1]?.cancel('task')
        const ends: unknown[] = []
        for (const task of tasks) ends.push(yield* ending(task))
        return [...ends, other.cancelled(), tasks.map((task) => task.cancelling())]
      })
      const ends = ['CancelledError: future', 'CancelledError: task']
      expect(await run(main)).toEqual([...ends, true, [0, 1]])
    })

    it('cancelled together with what it waits for is told once', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture()
        let times = 0
        const task = createTask(
          body(function* () {
            try {
              yield* wait(future)
            } catch {
              times++
            }
            yield* wait(sleep(1))
            return 'went on'
          }),
        )
        yield* wait(sleep(0))
        future.cancel()
        task.cancel()
        return [yield* ending(task), times]
      })
      expect(await run(main)).toEqual(['went on', 1])
    })

    it('knows whose cancellation it was by counting, as a timeout does', async () => {
      const work = (pause: number, limit: number) =>
        body(function* () {
          const task = currentTask() as Task
          let timedOut = false
          const timer = task.getLoop().callLater(limit, () => {
            timedOut = true
            task.cancel()
          })
          const log: string[] = []
          try {
            try {
              yield* wait(sleep(pause))
              log.push('in time')
            } catch (error) {
              if (timedOut && task.uncancel() === 0 && isCancelled(error)) throw new TimeoutError()
              throw error
            } finally {
              timer.cancel()
            }
          } catch (error) {
            if (!(error instanceof TimeoutError)) throw error
            log.push('late')
          }
          yield* wait(sleep(1))
          return [...log, 'went on', String(task.cancelling())].join(', ')
        })
      const main = body(function* () {
        const tasks = [
          createTask(work(1, 60_000)),
          createTask(work(60_000, 1)),
          createTask(work(60_000, 60_000)),
        ]
        yield* wait(sleep(0))
        tasks[2]?.cancel()
        const ends: unknown[] = []
        for (const task of tasks) ends.push(yield* ending(task))
        return ends
      })
      const ends = ['in time, went on, 0', 'late, went on, 0', 'CancelledError']
      expect(await run(main)).toEqual(ends)
    })
  })

  describe('a failure that nobody has looked at', () => {
    async function reports(spoil: () => Generator<unknown, unknown, unknown>): Promise<string[]> {
      const seen: ExceptionContext[] = []
      await run(
        body(function* () {
          getRunningLoop().setExceptionHandler((_, context) => seen.push(context))
          yield* spoil()
        }),
      )
      return seen.map(({ message }) => message)
    }
    const failing = body(function* () {
      yield* wait(sleep(0))
      throw new Error('unseen')
    })

    it('is reported when the loop is closed', async () => {
      const seen = await reports(function* () {
        createTask(failing)
        yield* wait(sleep(1))
      })
      expect(seen).toEqual(['Task exception was never retrieved'])
    })

    it('is not reported when somebody has, or has tried to cancel it', async () => {
      const seen = await reports(function* () {
        const tasks = [1, 2, 3].map(() => createTask(failing))
        yield* wait(sleep(1))
        tasks[0]?.exception()
        tasks[1]?.cancel()
        yield* ending(tasks[2] as Task)
        const future = getRunningLoop().createFuture()
        future.setException(new Error('unseen'))
        future.cancel()
      })
      expect(seen).toEqual([])
    })

    it('is not reported when who waits is cancelled in its turn', async () => {
      const seen = await reports(function* () {
        const future = getRunningLoop().createFuture()
        const task = createTask(
          body(function* () {
            yield* wait(future)
          }),
        )
        yield* wait(sleep(0))
        future.setException(new Error('too late'))
        task.cancel()
        yield* ending(task)
      })
      expect(seen).toEqual([])
    })
  })
}
