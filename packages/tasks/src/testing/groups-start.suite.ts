import { InvalidStateError } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { currentTask } from '../current-strand.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import { attempt } from './attempt.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

type Tell<T> = (value: T) => void

export function describeGroupStart({ spelling: { body, wait }, run }: TaskDrive): void {
  const group = (script: Script<unknown, [TaskGroup]>) => wait(taskGroup(body(script)))

  describe('group.start', () => {
    it('waits until the task says that it has started, and gives the value', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const service = body(function* (started: Tell<string>) {
            yield* wait(sleep(1))
            log.push('ready')
            started('port')
            yield* wait(sleep(2))
            log.push('served')
          })
          log.push(yield* wait(tasks.start(service)))
        })
        log.push('left')
      })
      await run(main)
      expect(log).toEqual(['ready', 'port', 'served', 'left'])
    })

    it('names its task, and may be used by a task of the group', async () => {
      const main = body(function* () {
        return yield* group(function* (tasks) {
          const service = body(function* (started: Tell<unknown>) {
            yield* wait(sleep(0))
            started(currentTask()?.name)
          })
          const child = tasks.createTask(
            body(function* () {
              return yield* wait(tasks.start(service, { name: 'service' }))
            }),
          )
          return yield* wait(child)
        })
      })
      expect(await run(main)).toBe('service')
    })

    it('throws what the task threw before it had started; the group does not', async () => {
      const main = body(function* () {
        return yield* group(function* (tasks) {
          const broken = body(function* () {
            yield* wait(sleep(1))
            throw new Error('no port')
          })
          const caught = yield* attempt(() => wait(tasks.start(broken)))
          yield* wait(sleep(1))
          return [caught, currentTask()?.cancelling()]
        })
      })
      expect(await run(main)).toEqual(['no port', 0])
    })

    it('throws an error if the task returned without having started', async () => {
      const main = body(function* () {
        return yield* group(function* (tasks) {
          const silent = body(function* () {
            yield* wait(sleep(0))
          })
          try {
            yield* wait(tasks.start(silent, { name: 'silent' }))
            return 'no error'
          } catch (error) {
            return [error instanceof InvalidStateError, (error as Error).message]
          }
        })
      })
      expect(await run(main)).toEqual([true, expect.stringMatching(/^silent .* started\(\)/)])
    })

    it('leaves what the task throws later to the group', async () => {
      const main = body(function* () {
        return yield* attempt(function* () {
          yield* group(function* (tasks) {
            const service = body(function* (started: Tell<void>) {
              started()
              yield* wait(sleep(1))
              throw new Error('later')
            })
            yield* wait(tasks.start(service))
            yield* wait(sleep(60_000))
          })
        })
      })
      expect(await run(main)).toEqual(['later'])
    })

    it('gives the value even if the task fails in the same step', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        return yield* attempt(function* () {
          yield* group(function* (tasks) {
            const service = body(function* (started: Tell<string>) {
              yield* wait(sleep(0))
              started('value')
              throw new Error('at once')
            })
            log.push(yield* wait(tasks.start(service)))
            yield* wait(sleep(60_000))
          })
        })
      })
      expect(await run(main)).toEqual(['at once'])
      expect(log).toEqual(['value'])
    })

    it('refuses a second call of started()', async () => {
      const main = body(function* () {
        return yield* group(function* (tasks) {
          const service = body(function* (started: Tell<unknown>) {
            started(1)
            yield* wait(sleep(0))
            const again = yield* attempt(function* () {
              yield* wait(sleep(0))
              started(2)
            })
            log.push(again)
          })
          const log: unknown[] = []
          log.push(yield* wait(tasks.start(service)))
          yield* wait(sleep(1))
          return log
        })
      })
      expect(await run(main)).toEqual([1, 'started() was called twice.'])
    })

    it('waits for a place in a group that has a limit', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const work = body(function* (tasks: TaskGroup) {
          tasks.createTask(
            body(function* () {
              yield* wait(sleep(1))
              log.push('other ended')
            }),
          )
          const service = body(function* (started: Tell<string>) {
            yield* wait(sleep(0))
            started('value')
          })
          log.push(yield* wait(tasks.start(service)))
        })
        yield* wait(taskGroup(work, { limit: 1 }))
      })
      await run(main)
      expect(log).toEqual(['other ended', 'value'])
    })

    it('is refused when the group takes no more tasks', async () => {
      const main = body(function* () {
        let kept: TaskGroup | undefined
        yield* group(function* (tasks) {
          kept = tasks
          yield* wait(sleep(0))
        })
        const service = body(function* (started: Tell<void>) {
          started()
          yield* wait(sleep(0))
        })
        return yield* attempt(() => wait(kept?.start(service) as never))
      })
      expect(await run(main)).toMatch(/has ended/)
    })
  })
}
