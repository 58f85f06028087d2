import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { ExceptionGroup } from '../exception-group.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import type { TaskDrive } from './conformance.js'

export function describeGroups({ spelling: { body, wait }, run }: TaskDrive): void {
  const failing = (delay: number, message: string) =>
    body(function* () {
      yield* wait(sleep(delay))
      throw new Error(message)
    })
  /** Logs how it ends. */
  const logged = (log: string[], name: string, delay = 60_000) =>
    body(function* () {
      try {
        yield* wait(sleep(delay))
        log.push(`${name} done`)
      } catch (error) {
        log.push(`${name} ${(error as Error).name}`)
        throw error
      }
    })
  const messages = (error: unknown): unknown =>
    error instanceof ExceptionGroup ? error.errors.map((each) => (each as Error).message) : error

  describe('taskGroup', () => {
    it('waits for its tasks, and gives what the body returned', async () => {
      const log: string[] = []
      const main = body(function* () {
        const result = yield* wait(
          taskGroup(
            body(function* (group: TaskGroup) {
              group.createTask(logged(log, 'slow', 30))
              group.createTask(logged(log, 'quick', 1))
              yield* wait(sleep(0))
              return 'body'
            }),
          ),
        )
        log.push(String(result))
      })
      await run(main)
      expect(log).toEqual(['quick done', 'slow done', 'body'])
    })

    it('cancels siblings and body when a task fails, and throws all failures', async () => {
      const log: string[] = []
      const main = body(function* () {
        try {
          yield* wait(
            taskGroup(
              body(function* (group: TaskGroup) {
                group.createTask(logged(log, 'sibling'))
                group.createTask(failing(1, 'one'))
                yield* wait(createTask(logged(log, 'body wait')))
              }),
            ),
          )
        } catch (error) {
          log.push(String(messages(error)))
        }
        log.push(String(currentTask()?.cancelling()))
        yield* wait(sleep(1))
        log.push('goes on')
      })
      await run(main)
      expect(log.sort()).toEqual(
        ['sibling CancelledError', 'body wait CancelledError', 'one', '0', 'goes on'].sort(),
      )
    })

    it('collects failures in the order in which they happened', async () => {
      const main = body(function* () {
        try {
          yield* wait(
            taskGroup(
              body(function* (group: TaskGroup) {
                group.createTask(
                  body(function* () {
                    try {
                      yield* wait(sleep(60_000))
                    } catch {
                      throw new Error('second')
                    }
                  }),
                )
                group.createTask(failing(1, 'first'))
                yield* wait(sleep(60_000))
              }),
            ),
          )
          return 'no error'
        } catch (error) {
          return [messages(error), (error as Error).message]
        }
      })
      expect(await run(main)).toEqual([
        ['first', 'second'],
        'unhandled errors in a task group (2 sub-exceptions)',
      ])
    })

    it('ends its tasks when the body fails', async () => {
      const log: string[] = []
      const main = body(function* () {
        try {
          yield* wait(
            taskGroup(
              body(function* (group: TaskGroup) {
                group.createTask(logged(log, 'child'))
                yield* wait(sleep(1))
                throw new Error('body')
              }),
            ),
          )
        } catch (error) {
          log.push(String(messages(error)))
        }
      })
      await run(main)
      expect(log).toEqual(['child CancelledError', 'body'])
    })

    it('is not ended by a task that is cancelled alone', async () => {
      const log: string[] = []
      const main = body(function* () {
        yield* wait(
          taskGroup(
            body(function* (group: TaskGroup) {
              const child = group.createTask(logged(log, 'cancelled'))
              yield* wait(sleep(1))
              group.createTask(logged(log, 'other', 1))
              child.cancel()
            }),
          ),
        )
        return 'fine'
      })
      expect(await run(main)).toBe('fine')
      expect(log).toEqual(['cancelled CancelledError', 'other done'])
    })

    it('cancelled from outside, ends its tasks first', async () => {
      const log: string[] = []
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            yield* wait(
              taskGroup(
                body(function* (group: TaskGroup) {
                  group.createTask(logged(log, 'child'))
                  yield* wait(sleep(0))
                }),
              ),
            )
          }),
        )
        yield* wait(sleep(2))
        task.cancel()
        try {
          yield* wait(task)
        } catch (error) {
          log.push(isCancelled(error) ? 'cancelled' : 'failed')
        }
      })
      await run(main)
      expect(log).toEqual(['child CancelledError', 'cancelled'])
    })

    it('throws errors before a cancellation from outside, which comes at the next wait', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(
                taskGroup(
                  body(function* (group: TaskGroup) {
                    group.createTask(
                      body(function* () {
                        try {
                          yield* wait(sleep(60_000))
                        } catch {
                          throw new Error('while ending')
                        }
                      }),
                    )
                    yield* wait(sleep(60_000))
                  }),
                ),
              )
            } catch (error) {
              log.push(messages(error), currentTask()?.cancelling())
            }
            yield* wait(sleep(60_000))
          }),
        )
        yield* wait(sleep(1))
        task.cancel()
        try {
          yield* wait(task)
        } catch (error) {
          log.push(isCancelled(error))
        }
      })
      await run(main)
      expect(log).toEqual([['while ending'], 1, true])
    })

    it('may get new tasks from its tasks while it ends', async () => {
      const log: string[] = []
      const main = body(function* () {
        yield* wait(
          taskGroup(
            body(function* (group: TaskGroup) {
              group.createTask(
                body(function* () {
                  yield* wait(sleep(1))
                  group.createTask(logged(log, 'grandchild', 1))
                }),
              )
              yield* wait(sleep(0))
            }),
          ),
        )
        log.push('ended')
      })
      await run(main)
      expect(log).toEqual(['grandchild done', 'ended'])
    })

    it('nests: an inner failure comes out as a group in a group', async () => {
      const main = body(function* () {
        const inner = body(function* (group: TaskGroup) {
          group.createTask(failing(1, 'deep'))
          yield* wait(sleep(60_000))
        })
        try {
          yield* wait(
            taskGroup(
              body(function* (outer: TaskGroup) {
                outer.createTask(() => taskGroup(inner))
                yield* wait(sleep(60_000))
              }),
            ),
          )
          return 'no error'
        } catch (error) {
          return (error as ExceptionGroup).errors.map(messages)
        }
      })
      expect(await run(main)).toEqual([['deep']])
    })

    it('fails with a task that throws undefined', async () => {
      const main = body(function* () {
        const nothing = body(function* () {
          yield* wait(sleep(0))
          throw undefined
        })
        try {
          yield* wait(
            taskGroup(
              body(function* (group: TaskGroup) {
                group.createTask(nothing)
                yield* wait(sleep(60_000))
              }),
            ),
          )
          return 'no error'
        } catch (error) {
          return (error as ExceptionGroup).errors
        }
      })
      expect(await run(main)).toEqual([undefined])
    })

    it('ends a task that has started the one that fails', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        try {
          yield* wait(
            taskGroup(
              body(function* (group: TaskGroup) {
                group.createTask(
                  body(function* () {
                    group.createTask(failing(0, 'third'))
                    yield* wait(createTask(logged(log as string[], 'second')))
                  }),
                )
                yield* wait(sleep(0))
              }),
            ),
          )
        } catch (error) {
          log.push(messages(error))
        }
      })
      await run(main)
      expect(log).toEqual(['second CancelledError', ['third']])
    })

    it('takes no tasks once it has ended', async () => {
      let kept: TaskGroup | undefined
      const main = body(function* () {
        yield* wait(
          taskGroup(
            body(function* (group: TaskGroup) {
              kept = group
              yield* wait(sleep(0))
            }),
          ),
        )
        expect(() => kept?.createTask(() => sleep(0))).toThrow(InvalidStateError)
      })
      await run(main)
      expect.assertions(1)
    })
  })
}
