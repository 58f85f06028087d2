import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { sleep } from '../sleep.js'
import { taskGroup } from '../task-group.js'
import type { Task } from '../task.js'
import { timeout } from '../timeout.js'
import type { TaskDrive } from './conformance.js'

/** How requests to cancel are counted (TK5), wherever in the task they are made. */
export function describeRequests({ spelling: { body, wait }, run }: TaskDrive): void {
  /** Waits for a task, and says how it ended. */
  function* outcome(task: Task): Generator<unknown, unknown, unknown> {
    try {
      return yield* wait(task)
    } catch (error) {
      return isCancelled(error) ? `cancelled: ${error.message}` : (error as Error).message
    }
  }

  /** Waits in vain, and takes no notice of how that ends. */
  function* endure(): Generator<unknown, void, unknown> {
    try {
      yield* wait(sleep(60_000))
    } catch {
      // Goes on.
    }
  }

  const failingGroup = () =>
    taskGroup(
      body(function* () {
        throw new Error('of the group')
      }),
    )

  describe('a request to cancel', () => {
    it('that another takes back leaves nothing behind in the waits of the task', async () => {
      const main = body(function* () {
        const inGroup = body(function* () {
          yield* endure()
          try {
            yield* wait(failingGroup())
          } catch {
            // Had the request been left there, the group would have cancelled again.
          }
          yield* wait(sleep(1))
          return 'went on'
        })
        const task = createTask(() => taskGroup(inGroup))
        yield* wait(sleep(1))
        task.cancel()
        return [task.uncancel(), yield* outcome(task), task.cancelling()]
      })
      expect(await run(main)).toEqual([0, 'went on', 0])
    })

    it('of a timeout counts for those who look at the task from outside', async () => {
      const counts: number[] = []
      const main = body(function* () {
        const inTime = body(function* () {
          yield* endure()
          getRunningLoop().callSoon(() => counts.push(task.cancelling()))
          yield* wait(sleep(0))
          yield* wait(sleep(0))
        })
        const task = createTask(() => timeout(1, inTime))
        return [yield* outcome(task), task.cancelling()]
      })
      expect(await run(main)).toEqual([undefined, 0])
      expect(counts).toEqual([1])
    })

    it('of a timeout that its body took back makes room for one from outside', async () => {
      const main = body(function* () {
        const late = body(function* () {
          yield* endure()
          currentTask()?.uncancel()
          currentTask()?.cancel()
          yield* wait(sleep(60_000))
        })
        const task = createTask(() => timeout(1, late))
        return [yield* outcome(task), task.cancelling()]
      })
      expect(await run(main)).toEqual(['The time was up.', 0])
    })

    it('tells its message to the first who looks at the task, as asyncio does', async () => {
      const main = body(function* () {
        const task = createTask(() => sleep(60_000))
        yield* wait(sleep(0))
        task.cancel('enough')
        return [yield* outcome(task), yield* outcome(task)]
      })
      expect(await run(main)).toEqual(['cancelled: enough', 'cancelled: '])
    })
  })
}
