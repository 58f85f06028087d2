import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { gather } from '../gather.js'
import { LifoQueue } from '../lifo-queue.js'
import { PriorityQueue } from '../priority-queue.js'
import { QueueShutDown } from '../queue-shut-down.js'
import { Queue } from '../queue.js'
import { sleep } from '../sleep.js'
import type { Task } from '../task.js'
import { taskGroup } from '../task-group.js'
import type { TaskDrive } from './conformance.js'

const kinds = { Queue, LifoQueue, PriorityQueue }

/** How queues are joined and shut down. */
export function describeQueueEndings({ spelling: { body, wait }, run }: TaskDrive): void {
  /** How a task has ended: its value, or the name of its error. */
  function* outcome(task: Task): Generator<unknown, unknown, unknown> {
    try {
      return yield* wait(task)
    } catch (error) {
      return (error as Error).name
    }
  }

  describe.each(Object.entries(kinds))('a %s', (_name, Kind) => {
    it('is joined when everything that was put is done', async () => {
      const main = body(function* () {
        const queue = new Kind<number>()
        for (let i = 0; i < 100; i++) queue.putNowait(i)
        let sum = 0
        const worker = body(function* () {
          for (;;) {
            sum += yield* wait(queue.get())
            queue.taskDone()
          }
        })
        const working = body(function* () {
          const workers = [createTask(worker), createTask(worker)]
          yield* wait(queue.join())
          const joined = sum
          for (const task of workers) task.cancel()
          yield* wait(gather(workers, { returnExceptions: true }))
          return joined
        })
        return yield* wait(taskGroup(working))
      })
      expect(await run(main)).toBe(4950)
    })

    it('is joined at once when it is empty', async () => {
      const main = body(function* () {
        const queue = new Kind()
        return [yield* wait(queue.join()), yield* wait(queue.join())]
      })
      expect(await run(main)).toEqual([undefined, undefined])
    })

    it('cannot have more done than was put', () => {
      const queue = new Kind<number>()
      expect(() => queue.taskDone()).toThrow(InvalidStateError)
      queue.putNowait(1)
      queue.taskDone()
      expect(() => queue.taskDone()).toThrow(InvalidStateError)
    })

    /** Nothing can be put or taken. */
    function* isShutDown(queue: Queue<string>): Generator<unknown, boolean, unknown> {
      expect(() => queue.putNowait('data')).toThrow(QueueShutDown)
      expect(() => queue.getNowait()).toThrow(QueueShutDown)
      const ends = [createTask(queue.put('data')), createTask(queue.get())]
      return (
        (yield* outcome(ends[0] as Task)) === 'QueueShutDown' &&
        (yield* outcome(ends[1] as Task)) === 'QueueShutDown'
      )
    }

    it('shut down when it is empty, throws at those who get', async () => {
      const main = body(function* () {
        const queue = new Kind<string>()
        const getting = createTask(queue.get())
        yield* wait(sleep(0))
        queue.shutdown()
        yield* wait(queue.join())
        yield* wait(sleep(0))
        const done = getting.done()
        return [done, yield* outcome(getting), yield* isShutDown(queue), String(queue)]
      })
      expect(await run(main)).toEqual([
        true,
        'QueueShutDown',
        true,
        `<${Kind.name} maxsize: 0, items: 0, shut down>`,
      ])
    })

    it('shut down, gives what it has, and throws at those who put', async () => {
      const main = body(function* () {
        const queue = new Kind<string>(1)
        queue.putNowait('data')
        const joining = createTask(queue.join())
        const putting = createTask(queue.put('more'))
        yield* wait(sleep(0))
        const seen: unknown[] = [putting.done()]
        queue.shutdown()
        seen.push(queue.qsize())
        yield* wait(sleep(0))
        seen.push(putting.done(), yield* outcome(putting), yield* wait(queue.get()))
        yield* wait(sleep(0))
        seen.push(joining.done(), yield* isShutDown(queue))
        queue.taskDone()
        yield* wait(sleep(0))
        seen.push(joining.done())
        expect(() => queue.taskDone()).toThrow(InvalidStateError)
        return seen
      })
      expect(await run(main)).toEqual([false, 1, true, 'QueueShutDown', 'data', false, true, true])
    })

    it('shut down immediately, throws away what it has, and counts it as done', async () => {
      const main = body(function* () {
        const queue = new Kind<string>()
        queue.putNowait('data')
        const joining = createTask(queue.join())
        yield* wait(sleep(0))
        queue.shutdown({ immediate: true })
        const size = queue.qsize()
        yield* wait(sleep(0))
        const joined = joining.done()
        expect(() => queue.taskDone()).toThrow(InvalidStateError)
        return [size, joined, yield* isShutDown(queue)]
      })
      expect(await run(main)).toEqual([0, true, true])
    })

    it('shut down immediately, is joined when what was taken is done', async () => {
      const main = body(function* () {
        const queue = new Kind<string>()
        queue.putNowait('data')
        queue.putNowait('data')
        const joining = createTask(queue.join())
        const seen: unknown[] = [yield* wait(queue.get())]
        queue.shutdown({ immediate: true })
        yield* wait(sleep(0))
        seen.push(queue.qsize(), joining.done(), yield* isShutDown(queue))
        queue.taskDone()
        expect(() => queue.taskDone()).toThrow(InvalidStateError)
        yield* wait(sleep(0))
        return [...seen, joining.done()]
      })
      expect(await run(main)).toEqual(['data', 0, false, true, true])
    })

    it('shut down immediately, counts nothing as done twice', async () => {
      const main = body(function* () {
        const queue = new Kind<string>()
        queue.putNowait('data')
        queue.taskDone()
        queue.shutdown({ immediate: true })
        queue.shutdown({ immediate: true })
        queue.shutdown()
        yield* wait(queue.join())
        return [queue.qsize(), yield* isShutDown(queue)]
      })
      expect(await run(main)).toEqual([0, true])
    })

    it('shut down, ends a wait that is cancelled at the same time as cancelled', async () => {
      const main = body(function* () {
        const queue = new Kind<string>()
        const getting = createTask(queue.get())
        yield* wait(sleep(0))
        queue.shutdown()
        getting.cancel()
        try {
          yield* wait(getting)
        } catch (error) {
          return isCancelled(error)
        }
        return 'no error'
      })
      expect(await run(main)).toBe(true)
    })
  })
}
