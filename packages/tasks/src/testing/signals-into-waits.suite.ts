import { getRunningLoop } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { asCompleted } from '../as-completed.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { gather } from '../gather.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import { allTasks } from '../task-registry.js'
import { timeout, timeoutAt } from '../timeout.js'
import { wait as waitSeveral } from '../wait.js'
import { waitFor } from '../wait-for.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'
import type { Waited } from './spelling.js'

/** A signal that knows how many listen to it. */
function countedSignal(controller: AbortController): { signal: AbortSignal; listeners(): number } {
  const { signal } = controller
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: never) => {
    listeners++
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: never) => {
    listeners--
    removeEventListener.apply(signal, args)
  }
  return { signal, listeners: () => listeners }
}

interface Options {
  readonly signal?: AbortSignal
}

type Start = (delay: number, options: Options) => Waited<unknown>

export function describeSignals({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)

  const sleeping = (delay: number) =>
    body(function* () {
      yield* wait(sleep(delay))
    })

  const waits: Record<string, Start> = {
    sleep: (delay, options) => sleep(delay, undefined, options),
    createTask: (delay, options) => createTask(sleeping(delay), options),
    'createTask of a coroutine': (delay, options) => createTask(sleep(delay), options),
    'an eager task': (delay, options) =>
      createTask(sleeping(delay), { ...options, eagerStart: true }),
    wait: (delay, options) => waitSeveral([createTask(sleeping(delay))], options),
    waitFor: (delay, options) => waitFor(sleeping(delay), null, options),
    'waitFor a task': (delay, options) => waitFor(createTask(sleeping(delay)), 70_000, options),
    taskGroup: (delay, options) => {
      const group = body(function* (tasks: TaskGroup) {
        tasks.createTask(sleeping(delay))
      })
      return taskGroup(group, options)
    },
    timeout: (delay, options) => timeout(70_000, sleeping(delay), options),
    timeoutAt: (delay, options) => timeoutAt(null, sleeping(delay), options),
    gather: (delay, options) => gather([sleep(delay), sleeping(delay)], options),
    'gather with returnExceptions': (delay, options) =>
      gather([sleep(delay)], { ...options, returnExceptions: true }),
    asCompleted: (delay, options) =>
      [...asCompleted([sleep(delay)], options)][0] as Waited<unknown>,
    'asCompleted, asynchronously': (delay, options) =>
      asCompleted([sleep(delay)], options)
        [Symbol.asyncIterator]()
        .next(),
  }

  for (const [name, start] of Object.entries(waits)) {
    describe(`a signal given to ${name}`, () => {
      it('ends the wait with its reason, and does not cancel the task', async () => {
        const controller = new AbortController()
        const { signal, listeners } = countedSignal(controller)
        const reason = new Error('enough')
        const main = body(function* () {
          getRunningLoop().callLater(2, () => controller.abort(reason))
          let thrown: unknown = 'nothing'
          try {
            yield* wait(start(60_000, { signal }))
          } catch (error) {
            thrown = error
          }
          const task = currentTask()
          const state = [task?.cancelling(), task?.signal.aborted, listeners()]
          return [thrown === reason, ...state, yield* wait(sleep(1, 'goes on'))]
        })
        expect(await run(main)).toEqual([true, 0, false, 0, 'goes on'])
      })

      it('does nothing when the wait ends first, and is let go', async () => {
        const { signal, listeners } = countedSignal(new AbortController())
        const main = body(function* () {
          yield* wait(start(1, { signal }))
          yield* wait(sleep(0))
          return listeners()
        })
        expect(await run(main)).toBe(0)
      })

      it('that is aborted already ends it at once', async () => {
        const signal = AbortSignal.abort(new Error('long ago'))
        const main = body(function* () {
          return yield* ending(start(60_000, { signal }))
        })
        expect(await run(main)).toBe('Error: long ago')
      })

      it('leaves a cancellation a cancellation', async () => {
        const { signal } = new AbortController()
        const main = body(function* () {
          const task = createTask(
            body(function* () {
              yield* wait(start(60_000, { signal }))
            }),
          )
          yield* wait(sleep(1))
          task.cancel('mine')
          return [yield* ending(task), task.cancelled()]
        })
        expect(await run(main)).toEqual(['CancelledError: mine', true])
      })

      it('has to be one', async () => {
        const main = body(function* () {
          expect(() => start(0, { signal: 42 as never })).toThrow(/Expected an AbortSignal/)
          for (const task of allTasks()) if (task !== currentTask()) task.cancel()
          yield* wait(sleep(0))
        })
        await run(main)
        expect.assertions(1)
      })
    })
  }

  describe('a signal', () => {
    it('given to a task of a group fails the group', async () => {
      const signal = AbortSignal.abort(new Error('long ago'))
      const main = body(function* () {
        const group = body(function* (tasks: TaskGroup) {
          tasks.createTask(sleeping(60_000), { signal })
          yield* wait(sleep(60_000))
        })
        try {
          yield* wait(taskGroup(group))
        } catch (error) {
          return (error as AggregateError).errors.map(String)
        }
        return 'no error'
      })
      expect(await run(main)).toEqual(['Error: long ago'])
    })

    it('that is aborted already keeps a task from beginning', async () => {
      let began = false
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            began = true
            yield* wait(sleep(0))
          }),
          { signal: AbortSignal.abort(new Error('long ago')) },
        )
        return [yield* ending(task), task.cancelled()]
      })
      expect(await run(main)).toEqual(['Error: long ago', false])
      expect(began).toBe(false)
    })

    it('lets a task clean up first', async () => {
      const controller = new AbortController()
      const log: string[] = []
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              log.push('cleaning up')
            }
          }),
          { signal: controller.signal },
        )
        yield* wait(sleep(1))
        controller.abort(new Error('enough'))
        return yield* ending(task)
      })
      expect(await run(main)).toBe('Error: enough')
      expect(log).toEqual(['cleaning up'])
    })

    it('leaves what wait() waits for alone, and cancels what waitFor() and gather() do', async () => {
      const main = body(function* () {
        const seen: unknown[] = []
        const waitsFor: ((
          task: ReturnType<typeof createTask>,
          options: Options,
        ) => Waited<unknown>)[] = [
          (task, options) => waitSeveral([task], options),
          (task, options) => waitFor(task, null, options),
          (task, options) => gather([task], options),
        ]
        for (const start of waitsFor) {
          const controller = new AbortController()
          getRunningLoop().callLater(1, () => controller.abort(new Error('enough')))
          const task = createTask(() => sleep(30))
          const how = yield* ending(start(task, { signal: controller.signal }))
          seen.push([how, task.cancelled()])
          yield* wait(waitSeveral([task]))
        }
        return seen
      })
      const how = 'Error: enough'
      expect(await run(main)).toEqual([
        [how, false],
        [how, true],
        [how, true],
      ])
    })
  })
}
