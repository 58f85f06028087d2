import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { CancelScope } from '../cancel-scope.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { gather } from '../gather.js'
import { moveOnAfter } from '../move-on-after.js'
import { ScopeCancelledError } from '../scope-cancelled-error.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import type { Task } from '../task.js'
import { timeout, type Timeout } from '../timeout.js'
import { TimeoutError } from '../timeout-error.js'
import type { TaskDrive } from './conformance.js'

export function describeScopesAndTasks({ spelling: { body, wait }, run }: TaskDrive): void {
  const forever = body(function* () {
    yield* wait(sleep(60_000))
  })

  describe('a cancel scope and tasks', () => {
    it('lets Task.cancel pass, which ends the task', async () => {
      const main = body(function* () {
        const scope = new CancelScope()
        const task = createTask(() => scope.run(forever))
        yield* wait(sleep(1))
        task.cancel()
        try {
          yield* wait(task)
        } catch (error) {
          return [isCancelled(error), task.cancelled(), scope.cancelledCaught]
        }
        return undefined
      })
      expect(await run(main)).toEqual([true, true, false])
    })

    it('loses against Task.cancel in the same turn', async () => {
      const main = body(function* () {
        const scope = new CancelScope()
        const task = createTask(() => scope.run(forever))
        yield* wait(sleep(1))
        scope.cancel()
        task.cancel('mine')
        try {
          yield* wait(task)
        } catch (error) {
          return [isCancelled(error), task.cancelled(), scope.cancelledCaught]
        }
        return undefined
      })
      expect(await run(main)).toEqual([true, true, false])
    })

    it('cancels the task that is waited for, once, and those that are gathered', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        const around = new CancelScope()
        let begun = 0
        const slow = body(function* () {
          // The third is the second of those that are gathered.
          if (++begun === 3) loop.callSoon(() => around.cancel())
          try {
            yield* wait(sleep(60_000))
          } catch (error) {
            yield* wait(sleep(5))
            log.push(currentTask()?.cancelling(), error instanceof ScopeCancelledError)
            throw error
          }
        })
        const task = createTask(slow)
        const scope = new CancelScope()
        loop.callLater(1, () => scope.cancel())
        const inside = body(function* () {
          return yield* wait(task)
        })
        yield* wait(scope.run(inside))
        log.push(task.cancelled(), scope.cancelledCaught)
        const gathering = body(function* () {
          return yield* wait(gather([slow, slow]))
        })
        log.push(yield* wait(around.run(gathering)))
      })
      await run(main)
      expect(log).toEqual([1, false, true, true, 1, false, 1, false, undefined])
    })

    it('does not reach a task that was made inside with createTask', async () => {
      const main = body(function* () {
        const scope = new CancelScope()
        let task: Task<string> | undefined
        const inside = body(function* () {
          task = createTask(() => sleep(2, 'free'))
          scope.cancel()
          yield* wait(sleep(1))
        })
        yield* wait(scope.run(inside))
        return yield* wait(task!)
      })
      expect(await run(main)).toBe('free')
    })

    it('aborts the signal that was read inside, and no other', async () => {
      const main = body(function* () {
        const task = currentTask()!
        const { signal } = task
        let inner: AbortSignal | undefined
        const scope = new CancelScope()
        const inside = body(function* () {
          inner = task.signal
          yield* wait(sleep(60_000))
        })
        getRunningLoop().callLater(1, () => scope.cancel())
        yield* wait(scope.run(inside))
        return [
          inner?.aborted,
          (inner?.reason as ScopeCancelledError).scope === scope,
          signal.aborted,
          task.signal.aborted,
        ]
      })
      expect(await run(main)).toEqual([true, true, false, false])
    })
  })

  describe('a cancel scope and groups', () => {
    it('ends the tasks of a group that was opened inside, without counting', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const child = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } catch (error) {
            log.push(isCancelled(error), currentTask()?.cancelling())
            throw error
          }
        })
        const scope = new CancelScope()
        getRunningLoop().callLater(1, () => scope.cancel())
        const group = body(function* (tasks: TaskGroup) {
          tasks.createTask(child)
          tasks.createTask(child)
        })
        yield* wait(scope.run(() => taskGroup(group)))
        return scope.cancelledCaught
      })
      expect(await run(main)).toBe(true)
      expect(log).toEqual([true, 0, true, 0])
    })

    it('waits in the group until a shielded clean-up is over', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const child = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } finally {
            yield* wait(moveOnAfter(60_000, () => sleep(3), { shield: true }))
            log.push('clean')
          }
        })
        const group = body(function* (tasks: TaskGroup) {
          tasks.createTask(child)
          yield* wait(sleep(60_000))
        })
        yield* wait(moveOnAfter(1, () => taskGroup(group)))
        log.push('left')
      })
      await run(main)
      expect(log).toEqual(['clean', 'left'])
    })

    it('takes no part in a group around it', async () => {
      const main = body(function* () {
        const scoped = body(function* () {
          yield* wait(moveOnAfter(1, forever))
          return 'moved on'
        })
        const group = body(function* (tasks: TaskGroup) {
          const task = tasks.createTask(scoped)
          return yield* wait(task)
        })
        return yield* wait(taskGroup(group))
      })
      expect(await run(main)).toBe('moved on')
    })

    it('gives way to the errors of the tasks', async () => {
      const main = body(function* () {
        const failing = body(function* () {
          try {
            yield* wait(sleep(60_000))
          } catch {
            throw new RangeError('in cleaning up')
          }
        })
        const group = body(function* (tasks: TaskGroup) {
          tasks.createTask(failing)
          yield* wait(sleep(60_000))
        })
        yield* wait(moveOnAfter(1, () => taskGroup(group)))
      })
      await expect(run(main)).rejects.toMatchObject({ errors: [new RangeError('in cleaning up')] })
    })

    it('reaches a task that is added after it was cancelled', async () => {
      const log: string[] = []
      const main = body(function* () {
        const scope = new CancelScope()
        const late = body(function* () {
          log.push('begins')
          yield* wait(sleep(60_000))
          log.push('never')
        })
        const group = body(function* (tasks: TaskGroup) {
          scope.cancel()
          tasks.createTask(late)
        })
        yield* wait(scope.run(() => taskGroup(group)))
      })
      await run(main)
      expect(log).toEqual(['begins'])
    })
  })

  describe('a cancel scope and timeouts', () => {
    it('passes through a timeout that is inside', async () => {
      const main = body(function* () {
        const outer = new CancelScope()
        getRunningLoop().callLater(1, () => outer.cancel())
        yield* wait(outer.run(() => timeout(60_000, forever)))
        return outer.cancelledCaught
      })
      expect(await run(main)).toBe(true)
    })

    it('loses against a timeout that expires before it is told', async () => {
      const main = body(function* () {
        const scope = new CancelScope()
        const stubborn = body(function* (limit: Timeout) {
          scope.cancel()
          try {
            yield* wait(sleep(60_000))
          } catch {
            limit.reschedule(getRunningLoop().time() - 1)
          }
          yield* wait(sleep(60_000))
        })
        try {
          yield* wait(scope.run(() => timeout(60_000, stubborn)))
        } catch (error) {
          return [error instanceof TimeoutError, currentTask()?.cancelling()]
        }
        return undefined
      })
      expect(await run(main)).toEqual([true, 0])
    })

    it('is passed through by a timeout from outside', async () => {
      const main = body(function* () {
        const scope = new CancelScope()
        try {
          yield* wait(timeout(1, () => scope.run(forever)))
        } catch (error) {
          return [error instanceof TimeoutError, scope.cancelledCaught, currentTask()?.cancelling()]
        }
        return undefined
      })
      expect(await run(main)).toEqual([true, false, 0])
    })
  })
}
