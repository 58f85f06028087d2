import { isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import type { ExceptionGroup } from '../exception-group.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

const eager = { eagerStart: true } as const

/** Tasks of a group that begin at once: gh-128550, gh-128588, gh-155418. */
export function describeGroupEager({ spelling: { body, wait }, run }: TaskDrive): void {
  const group = (script: Script<unknown, [TaskGroup]>, limit = Infinity) =>
    wait(taskGroup(body(script), { limit }))

  describe('an eager task of a taskGroup', () => {
    it('that fails at once cancels its siblings and the body at their next wait', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        try {
          yield* group(function* (tasks) {
            tasks.createTask(
              body(function* () {
                tasks.createTask(
                  body(function* () {
                    if (log.length === 0) throw new Error('third')
                    yield* wait(sleep(0))
                  }),
                  eager,
                )
                try {
                  yield* wait(sleep(60_000))
                } catch (error) {
                  log.push(isCancelled(error))
                  throw error
                }
              }),
              eager,
            )
            yield* wait(sleep(60_000))
          })
        } catch (error) {
          log.push((error as ExceptionGroup).errors.map(String))
        }
      })
      await run(main)
      expect(log).toEqual([true, ['Error: third']])
    })

    it('that cancels the group before its first wait is cancelled too', async () => {
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
            eager,
          )
          yield* wait(sleep(60_000))
        })
        log.push('left')
      })
      await run(main)
      expect(log).toEqual([true, 'left'])
    })

    it('can say at once that it has started', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const service = body(function* (started: (value: string) => void) {
            started('at once')
            yield* wait(sleep(1))
            log.push('lives on')
          })
          log.push(yield* wait(tasks.start(service, eager)))
        })
      })
      await run(main)
      expect(log).toEqual(['at once', 'lives on'])
    })

    it('fails to start as any other does', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          const broken = body(function* () {
            if (log.length === 0) throw new Error('no port')
            yield* wait(sleep(0))
          })
          try {
            yield* wait(tasks.start(broken, eager))
          } catch (error) {
            log.push((error as Error).message)
          }
        })
      })
      await run(main)
      expect(log).toEqual(['no port'])
    })

    it('waits for its place in a group that has a limit', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* group(function* (tasks) {
          for (const name of ['a', 'b', 'c']) {
            tasks.createTask(
              body(function* () {
                log.push(name)
                yield* wait(sleep(0))
                log.push(name.toUpperCase())
              }),
              eager,
            )
          }
          log.push('body')
          yield* wait(sleep(0))
        }, 1)
      })
      await run(main)
      expect(log).toEqual(['a', 'body', 'A', 'b', 'B', 'c', 'C'])
    })
  })
}
