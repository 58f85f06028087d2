import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import { Context, ContextVariable } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { coroutine } from '../coroutine.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { ExceptionGroup } from '../exception-group.js'
import { KeyboardInterrupt } from '../keyboard-interrupt.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

/** What CPython's test_taskgroups says of errors and cancellations that meet in a group. */
export function describeGroupErrors({ spelling: { body, wait }, run }: TaskDrive): void {
  const group = (script: Script<unknown, [TaskGroup]>) => wait(taskGroup(body(script)))
  const failing = (delay: number, message: string) =>
    body(function* () {
      yield* wait(sleep(delay))
      throw new Error(message)
    })
  const forever = body(function* () {
    yield* wait(sleep(60_000))
  })
  const describeError = (error: unknown): unknown => {
    if (error instanceof ExceptionGroup) return error.errors.map(describeError)
    return isCancelled(error) ? `cancelled: ${error.message}` : (error as Error).message
  }
  /** Runs `script` as a task, cancels that after `delay`, and says how it ended. */
  const cancelledAfter = (delay: number, script: Script<unknown>) =>
    run(
      body(function* () {
        const task = createTask(body(script))
        yield* wait(sleep(delay))
        task.cancel('test')
        try {
          return yield* wait(task)
        } catch (error) {
          return describeError(error)
        }
      }),
    )
  const outcome = (script: Script<unknown>) =>
    run(
      body(function* () {
        try {
          return yield* script()
        } catch (error) {
          return describeError(error)
        }
      }),
    )

  describe('errors and cancellations in a taskGroup', () => {
    it('keep the message of the cancellation, while it waits', async () => {
      let cancelled = 0
      const end = cancelledAfter(1, function* () {
        yield* group(function* (tasks) {
          for (let i = 0; i < 5; i++) {
            tasks.createTask(
              body(function* () {
                try {
                  yield* wait(sleep(60_000))
                } finally {
                  cancelled++
                }
              }),
            )
          }
          yield* wait(sleep(0))
        })
      })
      expect(await end).toBe('cancelled: test')
      expect(cancelled).toBe(5)
    })

    it('keep the message of the cancellation, in the body', async () => {
      const end = cancelledAfter(1, function* () {
        yield* group(function* (tasks) {
          tasks.createTask(failing(60_000, 'never'))
          yield* wait(sleep(60_000))
        })
      })
      expect(await end).toBe('cancelled: test')
    })

    it('end tasks that have not begun when the body fails at once', async () => {
      let ran = false
      const end = await outcome(function* () {
        yield* group(function* (tasks) {
          tasks.createTask(
            body(function* () {
              ran = true
              yield* wait(sleep(0))
            }),
          )
          throw new Error('body')
        })
      })
      expect(end).toEqual(['body'])
      expect(ran).toBe(false)
    })

    it('come out of nested groups as one cancellation', async () => {
      const end = cancelledAfter(1, function* () {
        yield* group(function* (outer) {
          outer.createTask(forever)
          yield* group(function* (inner) {
            for (let i = 0; i < 3; i++) inner.createTask(failing(60_000, 'never'))
            yield* wait(sleep(60_000))
          })
        })
      })
      expect(await end).toBe('cancelled: test')
    })

    it('of the outer group end the inner one', async () => {
      const end = await outcome(function* () {
        yield* group(function* (outer) {
          outer.createTask(failing(1, 'outer'))
          yield* group(function* (inner) {
            inner.createTask(failing(60_000, 'never'))
            yield* wait(sleep(0))
          })
        })
      })
      expect(end).toEqual(['outer'])
    })

    it('of the inner group end the outer one', async () => {
      const end = await outcome(function* () {
        yield* group(function* (outer) {
          outer.createTask(failing(60_000, 'never'))
          yield* group(function* (inner) {
            inner.createTask(failing(1, 'inner'))
            yield* wait(sleep(0))
          })
        })
      })
      expect(end).toEqual([['inner']])
    })

    it('interrupt the cleaning up of a cancelled body', async () => {
      const end = await cancelledAfter(1, function* () {
        yield* group(function* (tasks) {
          tasks.createTask(failing(4, 'child'))
          try {
            yield* wait(sleep(60_000))
          } catch (error) {
            yield* wait(sleep(60_000))
            throw error
          }
        })
      })
      expect(end).toEqual(['child'])
    })

    it('are those of the body when that turns its cancellation into one', async () => {
      const end = await cancelledAfter(1, function* () {
        yield* group(function* () {
          try {
            yield* wait(sleep(60_000))
          } catch {
            throw new Error('mine')
          }
        })
      })
      expect(end).toEqual(['mine'])
    })

    it('are those of the task first, then that of the body', async () => {
      const end = await outcome(function* () {
        yield* group(function* (tasks) {
          tasks.createTask(failing(1, 'task'))
          try {
            yield* wait(sleep(60_000))
          } finally {
            throw new Error('body')
          }
        })
      })
      expect(end).toEqual(['task', 'body'])
    })

    it('give way to Ctrl-C, and are reported', async () => {
      const reported: unknown[] = []
      const main = body(function* () {
        getRunningLoop().setExceptionHandler((_, context) => reported.push(context.exception))
        try {
          yield* group(function* (tasks) {
            tasks.createTask(failing(1, 'task'))
            try {
              yield* wait(sleep(60_000))
            } finally {
              throw new KeyboardInterrupt('Ctrl-C')
            }
          })
          return 'no error'
        } catch (error) {
          return error instanceof KeyboardInterrupt
        }
      })
      expect(await run(main)).toBe(true)
      expect(reported.map(describeError)).toEqual(['task'])
    })

    it('end a group that grows while it works', async () => {
      let hydras = 0
      const end = await outcome(function* () {
        yield* group(function* (tasks) {
          const hydra: () => ReturnType<typeof forever> = body(function* () {
            hydras++
            yield* wait(sleep(1))
            tasks.createTask(hydra)
            tasks.createTask(hydra)
          })
          tasks.createTask(hydra)
          tasks.createTask(
            body(function* () {
              while (hydras < 10) yield* wait(sleep(1.5))
              throw new Error('hercules')
            }),
          )
          yield* wait(sleep(0))
        })
      })
      expect(end).toEqual(['hercules'])
    })

    it('refuse new tasks from tasks that are being ended, and close the work', async () => {
      const refused: string[] = []
      let ran = false
      const end = await outcome(function* () {
        yield* group(function* (tasks) {
          tasks.createTask(failing(1, 'first'))
          tasks.createTask(
            body(function* () {
              try {
                yield* wait(sleep(60_000))
              } catch {
                const work = coroutine(
                  (function* () {
                    ran = true
                  })(),
                )
                try {
                  tasks.createTask(work)
                } catch (error) {
                  refused.push((error as Error).message)
                }
                try {
                  yield* wait(work)
                } catch (error) {
                  refused.push((error as Error).name)
                }
              }
            }),
          )
          yield* wait(sleep(0))
        })
      })
      expect(end).toEqual(['first'])
      expect(refused).toEqual([expect.stringMatching(/shutting down/), 'TypeError'])
      expect(ran).toBe(false)
    })

    it('leave the count of cancellations as it was', async () => {
      let count: number | undefined
      const end = await outcome(function* () {
        try {
          yield* group(function* (tasks) {
            tasks.createTask(failing(0, 'x'))
            yield* wait(sleep(60_000))
          })
        } finally {
          count = currentTask()?.cancelling()
        }
      })
      expect(end).toEqual(['x'])
      expect(count).toBe(0)
    })

    it('of two nested groups in the same turn are counted apart', async () => {
      const counts: unknown[] = []
      const end = await outcome(function* () {
        try {
          yield* group(function* (outer) {
            try {
              yield* group(function* (inner) {
                inner.createTask(failing(0, 'inner'))
                outer.createTask(failing(0, 'outer'))
                yield* wait(sleep(60_000))
              })
            } catch (error) {
              counts.push(describeError(error), currentTask()?.cancelling())
            }
          })
        } finally {
          counts.push(currentTask()?.cancelling())
        }
      })
      expect(end).toEqual(['outer'])
      expect(counts).toEqual([['inner'], 1, 0])
    })
  })

  describe('a task of a taskGroup', () => {
    it('has the name and the context that it is given', async () => {
      const variable = new ContextVariable('where', 'root')
      const context = new Context()
      const main = body(function* () {
        return yield* group(function* (tasks) {
          const task = tasks.createTask(
            body(function* () {
              yield* wait(sleep(0))
              variable.set('task')
            }),
            { name: 'yolo', context },
          )
          yield* wait(task)
          return [task.name, context.run(() => variable.get()), variable.get()]
        })
      })
      expect(await run(main)).toEqual(['yolo', 'task', 'root'])
    })

    it('is refused, and its work closed, when the group has ended', async () => {
      let kept: TaskGroup | undefined
      const work = sleep(0)
      const main = body(function* () {
        yield* group(function* (tasks) {
          kept = tasks
          yield* wait(sleep(0))
        })
        expect(() => kept?.createTask(work)).toThrow(InvalidStateError)
        expect(() => work[Symbol.iterator]()).toThrow(/taken once/)
        expect(String(kept)).toMatch(/^<TaskGroup/)
      })
      await run(main)
      expect.assertions(3)
    })
  })
}
