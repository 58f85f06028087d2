import { ContextVariable, getRunningLoop } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import type { Work } from '../coroutine.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { createEagerTaskFactory, eagerTaskFactory } from '../eager-task-factory.js'
import { gather } from '../gather.js'
import { sleep } from '../sleep.js'
import { getTaskFactory, setTaskFactory } from '../task-factory.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import { allTasks } from '../task-registry.js'
import { Task, type TaskOptions } from '../task.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'
import { generators } from './spelling.js'

/** Counts the tasks that did not end in their first step. */
class Counted extends Task {
  static suspended = 0
  constructor(work: Work, options: TaskOptions) {
    super(work, options)
    if (!this.done()) Counted.suspended++
  }
}

export function describeEagerTasks({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)
  const eager = { eagerStart: true }

  describe('eager tasks', () => {
    it('take their first step at once, and go on in the loop', async () => {
      const log: string[] = []
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            log.push('first step')
            yield* wait(sleep(1))
            log.push('second step')
            return 'done'
          }),
          eager,
        )
        log.push('created')
        log.push(String(yield* wait(task)))
      })
      await run(main)
      expect(log).toEqual(['first step', 'created', 'second step', 'done'])
    })

    it('spelled as generators, are done when there is nothing to wait for', async () => {
      const main = body(function* () {
        const task = createTask(
          generators.body(function* () {
            return 'hello'
          }),
          eager,
        )
        const seen = [task.done(), allTasks().has(task), task.cancel()]
        return [...seen, yield* wait(task)]
      })
      expect(await run(main)).toEqual([true, false, false, 'hello'])
    })

    it('keep a failure to themselves', async () => {
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            throw new Error('at once')
          }),
          eager,
        )
        const here = currentTask()?.name
        yield* wait(sleep(0))
        return [here === currentTask()?.name, yield* ending(task)]
      })
      expect(await run(main)).toEqual([true, 'Error: at once'])
    })

    it('are the current task meanwhile, and listed', async () => {
      const main = body(function* () {
        const mine = currentTask()
        const seen: unknown[] = []
        const task = createTask(
          body(function* () {
            const self = currentTask()
            seen.push(self === mine, self !== null && allTasks().has(self))
            yield* wait(sleep(1))
            seen.push(self === currentTask())
          }),
          eager,
        )
        seen.push(currentTask() === mine, allTasks().has(task))
        yield* wait(task)
        return seen
      })
      expect(await run(main)).toEqual([false, true, true, true, true])
    })

    it('run in contexts of their own', async () => {
      const variable = new ContextVariable('where', 'root')
      const main = body(function* () {
        variable.set('main')
        const task = createTask(
          body(function* () {
            const seen = [variable.get()]
            variable.set('first step')
            yield* wait(sleep(0))
            seen.push(variable.get())
            variable.set('second step')
            return seen
          }),
          eager,
        )
        const between = variable.get()
        return [between, yield* wait(task), variable.get()]
      })
      expect(await run(main)).toEqual(['main', ['main', 'first step'], 'main'])
    })

    it('are cancelled at the wait that they have begun', async () => {
      const main = body(function* () {
        let began = false
        const task = createTask(
          body(function* () {
            began = true
            yield* wait(sleep(60_000))
          }),
          eager,
        )
        task.cancel('enough')
        return [began, task.cancelling(), yield* ending(task)]
      })
      expect(await run(main)).toEqual([true, 1, 'CancelledError: enough'])
    })

    it('that cancel themselves are cancelled at their first wait', async () => {
      const main = body(function* () {
        const log: string[] = []
        const task = createTask(
          body(function* () {
            currentTask()?.cancel()
            log.push('goes on')
            yield* wait(sleep(60_000))
            log.push('never')
          }),
          eager,
        )
        return [yield* ending(task), ...log]
      })
      expect(await run(main)).toEqual(['CancelledError', 'goes on'])
    })

    it('may be made after a wait, and by another eager task', async () => {
      const main = body(function* () {
        yield* wait(sleep(1))
        const outer = createTask(
          body(function* () {
            yield* wait(sleep(1))
            const inner = createTask(
              generators.body(function* () {
                return getRunningLoop() === currentTask()?.getLoop()
              }),
              eager,
            )
            return inner.done() && inner.result()
          }),
          eager,
        )
        return yield* wait(outer)
      })
      expect(await run(main)).toBe(true)
    })

    it('wait for the next turn when their loop is not the running one', async () => {
      const begun: string[] = []
      const begin = (name: string) =>
        generators.body(function* () {
          begun.push(name)
        })
      const outside = createTask(begin('outside'), eager)
      const main = body(function* () {
        const task = createTask(begin('of the other loop'), { ...eager, loop: outside.getLoop() })
        const before = [...begun]
        yield* wait(sleep(0))
        return [task.getLoop() === getRunningLoop(), ...before]
      })
      expect([outside.done(), ...begun]).toEqual([false])
      await outside
      expect(await run(main)).toEqual([false, 'outside'])
    })

    it('that fail in a group fail the group, and cancel nobody too early', async () => {
      const main = body(function* () {
        const log: string[] = []
        const group = taskGroup(
          body(function* (tasks: TaskGroup) {
            tasks.createTask(
              body(function* () {
                throw new Error('at once')
              }),
              eager,
            )
            log.push('goes on')
            yield* wait(sleep(60_000))
          }),
        )
        return [yield* ending(group), ...log, currentTask()?.cancelling()]
      })
      const message = 'ExceptionGroup: unhandled errors in a task group (1 sub-exception)'
      expect(await run(main)).toEqual([message, 'goes on', 0])
    })
  })

  describe('a task factory', () => {
    const begun = (): Work =>
      generators.body(function* () {
        return 1
      })

    it('makes the tasks of its loop', async () => {
      const main = body(function* () {
        const made: (string | undefined)[] = []
        const before = getTaskFactory()
        setTaskFactory((loop, work, options) => {
          made.push(options.name)
          return new Counted(work, { ...options, loop })
        })
        const isCounted = createTask(begun(), { name: 'mine' }) instanceof Counted
        yield* wait(
          taskGroup(
            body(function* (group: TaskGroup) {
              group.createTask(begun(), { name: 'of a group' })
              yield* wait(sleep(0))
            }),
          ),
        )
        yield* wait(gather([begun(), begun()]))
        setTaskFactory(null)
        return [before, made, isCounted, getTaskFactory()]
      })
      const made = ['mine', 'of a group', undefined, undefined]
      expect(await run(main)).toEqual([null, made, true, null])
    })

    it('that is eager makes every task eager, but those that are not to be', async () => {
      const main = body(function* () {
        setTaskFactory(eagerTaskFactory)
        const tasks = [createTask(begun()), createTask(begun(), { eagerStart: false })]
        const done = tasks.map((task) => task.done())
        yield* wait(sleep(1))
        return [getTaskFactory() === eagerTaskFactory, ...done]
      })
      expect(await run(main)).toEqual([true, true, false])
    })

    it('that is eager may make tasks of another class', async () => {
      const main = body(function* () {
        setTaskFactory(createEagerTaskFactory(Counted))
        const task = createTask(begun())
        yield* wait(sleep(0))
        return [task instanceof Counted, task.done()]
      })
      expect(await run(main)).toEqual([true, true])
    })

    it('that is eager leaves the loop out of what never waits, however deep', async () => {
      const groups = (width: number, depth: number): Work =>
        generators.body(function* () {
          if (depth === 0) return
          yield* generators.wait(
            taskGroup(
              generators.body(function* (group: TaskGroup) {
                for (let i = 0; i < width; i++) group.createTask(groups(width, depth - 1))
              }),
            ),
          )
        })
      const gathered = (width: number, depth: number): Work =>
        generators.body(function* () {
          if (depth === 0) return
          yield* generators.wait(
            gather(Array.from({ length: width }, () => gathered(width, depth - 1))),
          )
        })
      const main = body(function* () {
        setTaskFactory(createEagerTaskFactory(Counted))
        Counted.suspended = 0
        yield* wait(createTask(gathered(5, 3)))
        const suspended = Counted.suspended
        yield* wait(createTask(groups(5, 3)))
        return suspended
      })
      expect(await run(main)).toBe(0)
    })

    it('must give a task', async () => {
      const main = body(function* () {
        setTaskFactory(() => 42 as never)
        expect(() => createTask(begun())).toThrow(/gave 42 in place of a task/)
        setTaskFactory(null)
        expect(() => setTaskFactory(42 as never)).toThrow(TypeError)
        expect(() => createEagerTaskFactory(42 as never)).toThrow(TypeError)
        yield* wait(sleep(0))
      })
      await run(main)
      expect.assertions(3)
    })
  })
}
