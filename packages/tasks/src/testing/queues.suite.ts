import { getRunningLoop } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { gather } from '../gather.js'
import { LifoQueue } from '../lifo-queue.js'
import { PriorityQueue } from '../priority-queue.js'
import { QueueEmpty } from '../queue-empty.js'
import { QueueFull } from '../queue-full.js'
import { Queue } from '../queue.js'
import { sleep } from '../sleep.js'
import type { Task } from '../task.js'
import { timeout } from '../timeout.js'
import type { TaskDrive } from './conformance.js'

export function describeQueues({ spelling: { body, wait }, run }: TaskDrive): void {
  /** How a task has ended: its value, or the name of its error. */
  function* outcome(task: Task): Generator<unknown, unknown, unknown> {
    try {
      return yield* wait(task)
    } catch (error) {
      return (error as Error).name
    }
  }

  describe('Queue', () => {
    it('gives things in the order in which they were put', async () => {
      const main = body(function* () {
        const queue = new Queue<number>()
        const seen: unknown[] = [queue.empty(), queue.full()]
        for (const item of [1, 3, 2]) yield* wait(queue.put(item))
        seen.push(queue.empty(), queue.qsize(), queue.full())
        for (let i = 0; i < 3; i++) seen.push(yield* wait(queue.get()))
        return [...seen, queue.empty()]
      })
      expect(await run(main)).toEqual([true, false, false, 3, false, 1, 3, 2, true])
    })

    it('gives any number of things in order, whatever comes between', async () => {
      const main = body(function* () {
        const queue = new Queue<number>()
        const seen: number[] = []
        let next = 0
        for (const [puts, gets] of [
          [40, 30],
          [500, 100],
          [3, 400],
          [1, 14],
        ] as const) {
          for (let i = 0; i < puts; i++) queue.putNowait(next++)
          for (let i = 0; i < gets; i++) seen.push(yield* wait(queue.get()))
        }
        return [seen.every((item, i) => item === i), seen.length, queue.qsize()]
      })
      expect(await run(main)).toEqual([true, 544, 0])
    })

    it('takes undefined for a thing like any other', async () => {
      const main = body(function* () {
        const queue = new Queue<undefined>()
        yield* wait(queue.put(undefined))
        return [queue.qsize(), yield* wait(queue.get()), queue.empty()]
      })
      expect(await run(main)).toEqual([1, undefined, true])
    })

    it('makes those who put wait while there is no room', async () => {
      const main = body(function* () {
        const queue = new Queue<number>(2)
        const put: number[] = []
        const putter = createTask(
          body(function* () {
            for (let i = 0; i < 3; i++) {
              yield* wait(queue.put(i))
              put.push(i)
            }
            return true
          }),
        )
        yield* wait(sleep(0))
        const seen: unknown[] = [queue.maxsize, [...put], queue.full(), String(queue)]
        seen.push(yield* wait(queue.get()))
        yield* wait(sleep(0))
        seen.push([...put], yield* wait(queue.get()), yield* wait(queue.get()))
        return [...seen, yield* wait(putter)]
      })
      expect(await run(main)).toEqual([
        2,
        [0, 1],
        true,
        '<Queue maxsize: 2, items: 2, putters: 1, unfinished: 2>',
        0,
        [0, 1, 2],
        1,
        2,
        true,
      ])
    })

    it('makes those who get wait while there is nothing', async () => {
      const main = body(function* () {
        const queue = new Queue<string>()
        const getters = [createTask(queue.get()), createTask(queue.get())]
        yield* wait(sleep(0))
        const before = String(queue)
        getRunningLoop().callLater(1, () => queue.putNowait('a'))
        getRunningLoop().callLater(2, () => queue.putNowait('b'))
        return [before, yield* wait(gather(getters)), String(queue)]
      })
      expect(await run(main)).toEqual([
        '<Queue maxsize: 0, items: 0, getters: 2>',
        ['a', 'b'],
        '<Queue maxsize: 0, items: 0, unfinished: 2>',
      ])
    })

    it('does not give way when nobody need wait', async () => {
      const main = body(function* () {
        const queue = new Queue<number>(1)
        let turns = 0
        getRunningLoop().callSoon(() => turns++)
        yield* wait(queue.put(1))
        return [yield* wait(queue.get()), turns]
      })
      expect(await run(main)).toEqual([1, 0])
    })

    it('works with no wait at all', () => {
      const queue = new Queue<number>(1)
      queue.putNowait(1)
      expect(() => queue.putNowait(2)).toThrow(QueueFull)
      expect(queue.getNowait()).toBe(1)
      expect(() => queue.getNowait()).toThrow(QueueEmpty)
      expect(queue.qsize()).toBe(0)
    })

    it('hands everything over when there is room for one', async () => {
      const main = body(function* () {
        const queue = new Queue<number>(1)
        const seen: number[] = []
        const producer = body(function* () {
          for (let i = 0; i < 5; i++) yield* wait(queue.put(i))
        })
        const consumer = body(function* () {
          for (let i = 0; i < 5; i++) seen.push(yield* wait(queue.get()))
        })
        yield* wait(gather([producer, consumer]))
        return seen
      })
      expect(await run(main)).toEqual([0, 1, 2, 3, 4])
    })

    it('wakes as many who put as there is room for', async () => {
      const main = body(function* () {
        const queue = new Queue<number>(2)
        const putter = (item: number) =>
          body(function* () {
            yield* wait(queue.put(item))
          })
        const getter = body(function* () {
          yield* wait(sleep(0))
          for (let i = queue.qsize(); i > 0; i--) queue.getNowait()
        })
        yield* wait(gather([getter, putter(0), putter(1), putter(2), putter(3)]))
        return [queue.getNowait(), queue.getNowait(), queue.empty()]
      })
      expect(await run(main)).toEqual([2, 3, true])
    })

    it('lets one who does not wait go first, and the one who was woken waits again', async () => {
      const main = body(function* () {
        const queue = new Queue<string>()
        const first = createTask(queue.get())
        const second = createTask(queue.get())
        yield* wait(sleep(0))
        queue.putNowait('snatched')
        const snatched = queue.getNowait()
        yield* wait(sleep(0))
        queue.putNowait('a')
        queue.putNowait('b')
        return [snatched, yield* wait(second), yield* wait(first)]
      })
      expect(await run(main)).toEqual(['snatched', 'a', 'b'])
    })

    it('gives what a cancelled get would have had to the next', async () => {
      const main = body(function* () {
        const queue = new Queue<string>()
        const [first, second] = [createTask(queue.get()), createTask(queue.get())]
        yield* wait(sleep(0))
        first.cancel()
        yield* wait(sleep(0))
        const done = first.done()
        yield* wait(queue.put('a'))
        return [done, yield* wait(second)]
      })
      expect(await run(main)).toEqual([true, 'a'])
    })

    it('keeps what a get was woken for, and cancelled before it ran', async () => {
      const main = body(function* () {
        const queue = new Queue<number>()
        const reader = createTask(queue.get())
        yield* wait(sleep(0))
        queue.putNowait(1)
        queue.putNowait(2)
        reader.cancel()
        return [yield* outcome(reader), yield* wait(queue.get()), yield* wait(queue.get())]
      })
      expect(await run(main)).toEqual(['CancelledError', 1, 2])
    })

    it('gives it to another who waits', async () => {
      const main = body(function* () {
        const queue = new Queue<number>()
        const readers = [1, 2, 3].map(() => createTask(queue.get()))
        yield* wait(sleep(0))
        queue.putNowait(1)
        queue.putNowait(2)
        readers[0]?.cancel()
        const ends = []
        for (const reader of readers) ends.push(yield* outcome(reader))
        return ends
      })
      const [first, ...others] = (await run(main)) as unknown[]
      expect(first).toBe('CancelledError')
      expect(others.sort()).toEqual([1, 2])
    })

    it('has not put what a cancelled put brought', async () => {
      const main = body(function* () {
        const queue = new Queue<string>(1)
        const [, b, c] = ['a', 'b', 'c'].map((item) => createTask(queue.put(item))) as Task[]
        yield* wait(sleep(0))
        c?.cancel()
        yield* wait(sleep(0))
        const items = [c?.done(), queue.getNowait()]
        yield* wait(b as Task)
        return [...items, queue.getNowait(), queue.empty()]
      })
      expect(await run(main)).toEqual([true, 'a', 'b', true])
    })

    it('gives the room of a put that was woken and cancelled to the next', async () => {
      const main = body(function* () {
        const queue = new Queue<number>(1)
        queue.putNowait(1)
        const first = createTask(queue.put(2))
        const second = createTask(queue.put(3))
        yield* wait(sleep(0))
        const got = [queue.getNowait()]
        first.cancel()
        const ends = [yield* outcome(first), yield* outcome(second)]
        return [...got, ...ends, queue.getNowait(), String(queue)]
      })
      expect(await run(main)).toEqual([
        1,
        'CancelledError',
        undefined,
        3,
        '<Queue maxsize: 1, items: 0, unfinished: 2>',
      ])
    })

    it('keeps nobody who was cancelled', async () => {
      const main = body(function* () {
        const [empty, full] = [new Queue(5), new Queue(1)]
        full.putNowait('full')
        const expired = [timeout(1, () => empty.get()), timeout(1, () => full.put('too much'))]
        yield* wait(gather(expired, { returnExceptions: true }))
        return [String(empty), String(full)]
      })
      expect(await run(main)).toEqual([
        '<Queue maxsize: 5, items: 0>',
        '<Queue maxsize: 1, items: 1, unfinished: 1>',
      ])
    })

    it('has room for a fraction more', async () => {
      const main = body(function* () {
        const queue = new Queue<number>(1.3)
        yield* wait(queue.put(1))
        yield* wait(queue.put(2))
        return [queue.full(), queue.maxsize]
      })
      expect(await run(main)).toEqual([true, 1.3])
    })

    it('has no limit if that is not positive, or Infinity', () => {
      for (const maxsize of [0, -1, Infinity]) {
        const queue = new Queue<number>(maxsize)
        for (let i = 0; i < 100; i++) queue.putNowait(i)
        expect(queue.full()).toBe(false)
      }
    })

    it('belongs to the loop whose tasks wait at it, on either side', async () => {
      const queue = new Queue<string>(1)
      const getting = body(function* () {
        try {
          yield* wait(timeout(1, () => queue.get()))
        } catch {
          yield* wait(queue.put('full'))
        }
      })
      await run(getting)
      const putting = body(function* () {
        yield* wait(queue.put('one too many'))
      })
      await expect(run(putting)).rejects.toThrow('belongs to another loop')
    })

    it('refuses what is no size', () => {
      expect(() => new Queue('1' as never)).toThrow(TypeError)
      expect(() => new Queue(null as never)).toThrow(TypeError)
      expect(() => new Queue(NaN)).toThrow(RangeError)
      expect(() => new PriorityQueue(NaN)).toThrow(RangeError)
      expect(() => new LifoQueue(NaN)).toThrow(RangeError)
    })

    it('keeps its items where it is told to', () => {
      const items: string[] = []
      const unique = {
        get size() {
          return items.length
        },
        push: (item: string) => void (items.includes(item) || items.push(item)),
        pop: () => items.shift() as string,
      }
      const queue = new Queue<string>(0, unique)
      for (const item of ['a', 'b', 'a']) queue.putNowait(item)
      expect([queue.qsize(), queue.getNowait(), queue.getNowait()]).toEqual([2, 'a', 'b'])
    })
  })

  describe('LifoQueue', () => {
    it('gives first what was put last', async () => {
      const main = body(function* () {
        const queue = new LifoQueue<number>()
        for (const item of [1, 3, 2]) yield* wait(queue.put(item))
        const items = []
        for (let i = 0; i < 3; i++) items.push(yield* wait(queue.get()))
        return items
      })
      expect(await run(main)).toEqual([2, 3, 1])
    })
  })

  describe('PriorityQueue', () => {
    it('gives the lowest first', async () => {
      const main = body(function* () {
        const queue = new PriorityQueue<number>()
        for (const item of [1, 10, 9, 3, 2]) yield* wait(queue.put(item))
        const items = []
        while (!queue.empty()) items.push(yield* wait(queue.get()))
        return items
      })
      expect(await run(main)).toEqual([1, 2, 3, 9, 10])
    })
  })
}
