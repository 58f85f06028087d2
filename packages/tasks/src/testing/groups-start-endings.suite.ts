import { getRunningLoop } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { moveOnAfter } from '../move-on-after.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import { timeout } from '../timeout.js'
import { attempt } from './attempt.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

type Tell<T> = (value: T) => void

export function describeGroupStartEndings({ spelling: { body, wait }, run }: TaskDrive): void {
  const group = (script: Script<unknown, [TaskGroup]>) => wait(taskGroup(body(script)))

  describe('group.start, before the task has started,', () => {
    it('cancelled, ends the task and waits for that', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const slow = body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              yield* wait(sleep(2))
              log.push('clean')
            }
          })
          const caller = createTask(
            body(function* () {
              yield* wait(tasks.start(slow))
            }),
          )
          yield* wait(sleep(1))
          caller.cancel('enough')
          log.push(yield* attempt(() => wait(caller)), caller.cancelled())
        })
        log.push('left')
      })
      await run(main)
      expect(log).toEqual(['clean', 'cancelled: enough', true, 'left'])
    })

    it('cancelled again while it waits for the end, still waits', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const slow = body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              yield* wait(sleep(3))
              log.push('clean')
            }
          })
          const caller = createTask(
            body(function* () {
              yield* wait(tasks.start(slow))
            }),
          )
          yield* wait(sleep(1))
          caller.cancel('first')
          yield* wait(sleep(1))
          caller.cancel('second')
          log.push(yield* attempt(() => wait(caller)), caller.cancelling())
        })
      })
      await run(main)
      expect(log).toEqual(['clean', 'cancelled: second', 2])
    })

    it('cancelled, throws what the task threw while it ended, and is cancelled after that', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const bad = body(function* () {
            try {
              yield* wait(sleep(60_000))
            } catch {
              throw new Error('while ending')
            }
          })
          const caller = createTask(
            body(function* () {
              log.push(yield* attempt(() => wait(tasks.start(bad))), currentTask()?.cancelling())
              yield* wait(sleep(60_000))
            }),
          )
          yield* wait(sleep(1))
          caller.cancel()
          log.push(yield* attempt(() => wait(caller)))
        })
      })
      await run(main)
      expect(log).toEqual(['while ending', 1, 'cancelled: '])
    })

    it('cancelled before the task starts, does not count as started any more', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const gate = getRunningLoop().createFuture<void>()
          const late = body(function* (started: Tell<string>) {
            yield* wait(gate)
            started('too late')
            log.push('told nobody')
            yield* wait(sleep(60_000))
          })
          const caller = createTask(
            body(function* () {
              yield* wait(tasks.start(late))
            }),
          )
          yield* wait(sleep(1))
          gate.setResult()
          caller.cancel()
          log.push(yield* attempt(() => wait(caller)))
        })
        log.push('left')
      })
      await run(main)
      expect(log).toEqual(['told nobody', 'cancelled: ', 'left'])
    })

    it('cancelled after the task has started, gives the value and is cancelled later', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const service = body(function* (started: Tell<string>) {
            yield* wait(sleep(1))
            started('value')
            caller.cancel()
            yield* wait(sleep(2))
            log.push('lives on')
          })
          const caller = createTask(
            body(function* () {
              log.push(yield* wait(tasks.start(service)))
              yield* wait(sleep(60_000))
            }),
          )
          log.push(yield* attempt(() => wait(caller)))
        })
      })
      await run(main)
      expect(log).toEqual(['value', 'cancelled: ', 'lives on'])
    })

    it('is ended by a timeout around it, with the task', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const slow = body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              log.push('ended')
            }
          })
          log.push(yield* attempt(() => wait(timeout(1, () => tasks.start(slow) as never))))
          log.push(currentTask()?.cancelling())
        })
      })
      await run(main)
      expect(log).toEqual(['ended', 'The time was up.', 0])
    })

    it('is ended by a cancelled scope around it: the task cleans up in its own time', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const slow = body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              yield* wait(sleep(2))
              log.push('clean')
            }
          })
          const result = yield* wait(moveOnAfter(1, () => tasks.start(slow)))
          log.push(result, currentTask()?.cancelling())
          yield* wait(sleep(0))
        })
        log.push('left')
      })
      await run(main)
      expect(log).toEqual(['clean', undefined, 0, 'left'])
    })

    it('is ended by its signal, with the task', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const controller = new AbortController()
          const { signal } = controller
          const slow = body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              yield* wait(sleep(1))
              log.push('clean')
            }
          })
          const caller = createTask(
            body(function* () {
              try {
                yield* wait(tasks.start(slow, { signal }))
              } catch (error) {
                log.push(error, currentTask()?.cancelling())
              }
            }),
          )
          yield* wait(sleep(1))
          controller.abort('enough')
          yield* wait(caller)
          expect(() => tasks.start(slow, { signal: 1 as never })).toThrow(TypeError)
        })
      })
      await run(main)
      expect(log).toEqual(['clean', 'enough', 0])
    })

    it('is cancelled with the group: the task too, before it has started', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          tasks.createTask(
            body(function* () {
              yield* wait(sleep(1))
              tasks.cancel()
            }),
          )
          const slow = body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              log.push('ended')
            }
          })
          yield* wait(tasks.start(slow))
        })
        log.push('left')
      })
      await run(main)
      expect(log).toEqual(['ended', 'left'])
    })
  })
}
