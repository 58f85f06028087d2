import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { CancelScope } from '../cancel-scope.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { type ExceptionGroup } from '../exception-group.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import { timeout } from '../timeout.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

export function describeGroupCancel({ spelling: { body, wait }, run }: TaskDrive): void {
  const group = (script: Script<unknown, [TaskGroup]>) => wait(taskGroup(body(script)))
  /** Sleeps, cleans up, and logs how it ends. */
  const logged = (log: unknown[], name: string, cleaning = 0) =>
    body(function* () {
      try {
        yield* wait(sleep(60_000))
        log.push(`${name} done`)
      } catch (error) {
        log.push(`${name} ${isCancelled(error) ? 'cancelled' : 'failed'}`)
        if (cleaning > 0) yield* wait(sleep(cleaning))
        throw error
      }
    })

  describe('group.cancel', () => {
    it('ends the tasks, and the group without an error', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const result = yield* group(function* (tasks) {
          tasks.createTask(logged(log, 'a'))
          tasks.createTask(logged(log, 'b'))
          yield* wait(sleep(1))
          tasks.cancel()
          return 'body'
        })
        log.push(result, currentTask()?.cancelling())
        yield* wait(sleep(0))
        log.push('goes on')
      })
      await run(main)
      expect(log).toEqual(['a cancelled', 'b cancelled', 'body', 0, 'goes on'])
    })

    it('ends the body at its wait; the group then gives undefined', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const result = yield* group(function* (tasks) {
          tasks.createTask(
            body(function* () {
              yield* wait(sleep(1))
              tasks.cancel()
            }),
          )
          yield* wait(createTask(logged(log, 'body')))
          return 'never'
        })
        log.push(result, currentTask()?.cancelling())
      })
      await run(main)
      expect(log).toEqual(['body cancelled', undefined, 0])
    })

    it('ends it while it waits for its tasks', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        let kept: TaskGroup | undefined
        const task = createTask(
          body(function* () {
            return yield* group(function* (tasks) {
              kept = tasks
              tasks.createTask(logged(log, 'child', 1))
              yield* wait(sleep(0))
              return 'result'
            })
          }),
        )
        yield* wait(sleep(2))
        kept?.cancel()
        log.push(yield* wait(task), task.cancelled())
      })
      await run(main)
      expect(log).toEqual(['child cancelled', 'result', false])
    })

    it('may be called again, and when the group has ended', async () => {
      const main = body(function* () {
        let kept: TaskGroup | undefined
        yield* group(function* (tasks) {
          kept = tasks
          tasks.createTask(logged([], 'child'))
          yield* wait(sleep(0))
          tasks.cancel()
          tasks.cancel()
        })
        kept?.cancel()
        yield* wait(sleep(0))
        return currentTask()?.cancelling()
      })
      expect(await run(main)).toBe(0)
    })

    it('before the first task keeps tasks out', async () => {
      const main = body(function* () {
        let refused = ''
        yield* group(function* (tasks) {
          tasks.cancel()
          try {
            tasks.createTask(logged([], 'never'))
          } catch (error) {
            refused = (error as Error).message
          }
          yield* wait(sleep(0))
          refused = 'went on'
        })
        return refused
      })
      expect(await run(main)).toMatch(/shutting down/)
    })

    it('does not hide what a task throws while it ends', async () => {
      const main = body(function* () {
        try {
          yield* group(function* (tasks) {
            tasks.createTask(
              body(function* () {
                try {
                  yield* wait(sleep(60_000))
                } catch {
                  throw new Error('while ending')
                }
              }),
            )
            yield* wait(sleep(0))
            tasks.cancel()
          })
          return 'no error'
        } catch (error) {
          return [(error as ExceptionGroup).errors.map(String), currentTask()?.cancelling()]
        }
      })
      expect(await run(main)).toEqual([['Error: while ending'], 0])
    })

    it('does not hide what the body throws', async () => {
      const main = body(function* () {
        try {
          yield* group(function* (tasks) {
            tasks.cancel()
            throw new Error('body')
          })
          return 'no error'
        } catch (error) {
          return (error as ExceptionGroup).errors.map(String)
        }
      })
      expect(await run(main)).toEqual(['Error: body'])
    })

    it('does not swallow a cancellation from outside that comes after it', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const cleaned = getRunningLoop().createFuture<void>()
        const ending = getRunningLoop().createFuture<void>()
        const task = createTask(
          body(function* () {
            yield* group(function* (tasks) {
              tasks.createTask(
                body(function* () {
                  try {
                    yield* wait(sleep(60_000))
                  } finally {
                    ending.setResult()
                    yield* wait(cleaned)
                  }
                }),
              )
              yield* wait(sleep(0))
              tasks.cancel()
            })
            return 'swallowed'
          }),
        )
        yield* wait(ending)
        task.cancel('outside')
        yield* wait(sleep(0))
        cleaned.setResult()
        try {
          log.push(yield* wait(task))
        } catch (error) {
          log.push((error as Error).message, task.cancelled())
        }
      })
      await run(main)
      expect(log).toEqual(['outside', true])
    })

    it('does not swallow a timeout that expires after it', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const work = body(function* () {
          yield* group(function* (tasks) {
            tasks.createTask(logged(log, 'child', 8))
            yield* wait(sleep(1))
            tasks.cancel()
          })
        })
        try {
          yield* wait(timeout(4, work))
        } catch (error) {
          log.push((error as Error).name, currentTask()?.cancelling())
        }
      })
      await run(main)
      expect(log).toEqual(['child cancelled', 'TimeoutError', 0])
    })

    it('does not swallow the cancellation of a scope around the group', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const scope = new CancelScope()
        const work = body(function* () {
          yield* group(function* (tasks) {
            tasks.createTask(logged(log, 'child'))
            yield* wait(sleep(0))
            scope.cancel()
            try {
              yield* wait(sleep(60_000))
            } finally {
              tasks.cancel()
            }
          })
          log.push('swallowed')
        })
        yield* wait(scope.run(work))
        log.push(scope.cancelledCaught, currentTask()?.cancelling())
      })
      await run(main)
      expect(log).toEqual(['child cancelled', true, 0])
    })

    it('of an inner group leaves the outer one alone', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const left = getRunningLoop().createFuture<void>()
        yield* group(function* (outer) {
          outer.createTask(
            body(function* () {
              yield* wait(left)
              log.push('outer task done')
            }),
          )
          yield* group(function* (inner) {
            inner.createTask(logged(log, 'inner task'))
            yield* wait(sleep(1))
            inner.cancel()
            yield* wait(sleep(60_000))
          })
          log.push('inner left')
          left.setResult()
        })
      })
      await run(main)
      expect(log).toEqual(['inner task cancelled', 'inner left', 'outer task done'])
    })

    it('by a task in its first step ends that task as well', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          tasks.createTask(
            body(function* () {
              tasks.cancel()
              try {
                yield* wait(sleep(60_000))
              } catch (error) {
                log.push(isCancelled(error))
                throw error
              }
            }),
          )
          yield* wait(sleep(60_000))
        })
        log.push('left')
      })
      await run(main)
      expect(log).toEqual([true, 'left'])
    })
  })
}
