import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { Condition } from '../condition.js'
import { createTask } from '../create-task.js'
import { gather } from '../gather.js'
import { Lock } from '../lock.js'
import { sleep } from '../sleep.js'
import { timeout } from '../timeout.js'
import type { TaskDrive } from './conformance.js'

export function describeConditions({ spelling: { body, wait }, run }: TaskDrive): void {
  /** A task that waits to be notified, says so, and keeps the lock. */
  const waiter = (condition: Condition, log: unknown[], name: unknown) =>
    createTask(
      body(function* () {
        yield* wait(condition.acquire())
        log.push([name, yield* wait(condition.wait())])
      }),
    )

  /** As many as there are in `state`, consumed one by one; a negative number ends it. */
  const consumer = (condition: Condition, state: { count: number }) =>
    createTask(
      body(function* () {
        const held = yield* wait(condition.acquire())
        try {
          for (;;) {
            yield* wait(condition.waitFor(() => state.count !== 0))
            if (state.count < 0) return
            state.count--
            condition.notifyAll()
          }
        } finally {
          held[Symbol.dispose]()
        }
      }),
    )

  describe('Condition', () => {
    it('releases the lock, and gives it to those who were notified, one by one', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const condition = new Condition()
        for (const name of [1, 2, 3]) waiter(condition, log, name)
        yield* wait(sleep(0))
        log.push(condition.locked())
        yield* wait(condition.acquire())
        condition.notify()
        yield* wait(sleep(0))
        log.push('still locked')
        condition.release()
        yield* wait(sleep(0))
        condition.notify(2)
        yield* wait(sleep(0))
        log.push('again')
        condition.release()
        yield* wait(sleep(0))
        condition.release()
        yield* wait(sleep(0))
        log.push(condition.locked())
      })
      await run(main)
      expect(log).toEqual([false, 'still locked', [1, true], 'again', [2, true], [3, true], true])
    })

    it('notifies all, and no more than there are', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const condition = new Condition()
        const tasks = [1, 2, 3].map((name) =>
          createTask(
            body(function* () {
              const held = yield* wait(condition.acquire())
              yield* wait(condition.wait())
              log.push(name)
              held[Symbol.dispose]()
            }),
          ),
        )
        yield* wait(sleep(0))
        const held = yield* wait(condition.acquire())
        condition.notify(0)
        condition.notify(1)
        log.push(String(condition))
        condition.notify(2048)
        condition.notifyAll()
        held[Symbol.dispose]()
        yield* wait(gather(tasks))
        log.push(String(condition))
      })
      await run(main)
      expect(log).toEqual(['<Condition locked, waiters: 3>', 1, 2, 3, '<Condition unlocked>'])
    })

    it('has the lock again when a wait was cancelled', async () => {
      const main = body(function* () {
        const condition = new Condition()
        yield* wait(condition.acquire())
        const task = createTask(condition.wait())
        yield* wait(sleep(0))
        task.cancel('enough')
        try {
          yield* wait(task)
        } catch (error) {
          return [(error as Error).message, task.cancelled(), String(condition)]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual(['enough', true, '<Condition locked>'])
    })

    it('has the lock again when a wait was cancelled while others wanted it', async () => {
      const main = body(function* () {
        const condition = new Condition()
        yield* wait(condition.acquire())
        const task = createTask(condition.wait())
        yield* wait(sleep(0))
        yield* wait(condition.acquire())
        condition.notify()
        getRunningLoop().callSoon(() => task.cancel())
        getRunningLoop().callSoon(() => condition.release())
        try {
          yield* wait(task)
        } catch (error) {
          if (!isCancelled(error)) throw error
        }
        return condition.locked()
      })
      expect(await run(main)).toBe(true)
    })

    it('throws a cancellation that came while it acquired the lock again', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const condition = new Condition()
        const task = createTask(
          body(function* () {
            const held = yield* wait(condition.acquire())
            try {
              yield* wait(condition.wait())
            } catch (error) {
              log.push((error as Error).message, condition.locked())
              throw error
            } finally {
              held[Symbol.dispose]()
            }
          }),
        )
        yield* wait(sleep(0))
        yield* wait(condition.acquire())
        condition.notify()
        yield* wait(sleep(0))
        task.cancel('first')
        yield* wait(sleep(0))
        log.push(task.done())
        task.cancel('second')
        yield* wait(sleep(0))
        log.push(task.done())
        condition.release()
        yield* wait(sleep(0))
        log.push(task.cancelled(), condition.locked())
      })
      await run(main)
      expect(log).toEqual([false, false, 'second', true, true, false])
    })

    it('throws the very CancelledError, when woken and when acquiring', async () => {
      const main = body(function* () {
        const condition = new Condition()
        const thrown: unknown[] = []
        const task = createTask(
          body(function* () {
            yield* wait(condition.acquire())
            try {
              yield* wait(condition.waitFor(() => false))
            } catch (error) {
              thrown.push(error)
              throw error
            }
          }),
        )
        yield* wait(sleep(0))
        task.cancel('foo')
        try {
          yield* wait(task)
        } catch (error) {
          return [(error as Error).message, error === thrown[0]]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual(['foo', true])
    })

    it('passes a notification on, of one who was cancelled before it ran', async () => {
      const main = body(function* () {
        const condition = new Condition()
        const state = { count: 0 }
        const consumers = [consumer(condition, state), consumer(condition, state)]
        yield* wait(sleep(0))
        const held = yield* wait(condition.acquire())
        state.count++
        condition.notify(1)
        consumers[0]?.cancel()
        yield* wait(timeout(1000, () => condition.waitFor(() => state.count === 0)))
        state.count = -1
        condition.notifyAll()
        held[Symbol.dispose]()
        yield* wait(consumers[1] as never)
        return consumers[0]?.cancelled()
      })
      expect(await run(main)).toBe(true)
    })

    it('passes a notification on, of one who was cancelled while it acquired the lock', async () => {
      const main = body(function* () {
        const condition = new Condition()
        const state = { count: 0 }
        const consumers = [consumer(condition, state), consumer(condition, state)]
        yield* wait(sleep(0))
        const held = yield* wait(condition.acquire())
        state.count++
        condition.notify(1)
        yield* wait(sleep(0))
        consumers[0]?.cancel()
        yield* wait(timeout(1000, () => condition.waitFor(() => state.count === 0)))
        state.count = -1
        condition.notifyAll()
        held[Symbol.dispose]()
        yield* wait(consumers[1] as never)
        return consumers[0]?.cancelled()
      })
      expect(await run(main)).toBe(true)
    })

    it('may time out, with the lock held', async () => {
      const main = body(function* () {
        const condition = new Condition()
        yield* wait(condition.acquire())
        try {
          yield* wait(timeout(1, () => condition.wait()))
        } catch (error) {
          return [(error as Error).name, condition.locked()]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual(['TimeoutError', true])
    })

    it('waits as often as it takes, and gives what the predicate gave', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const condition = new Condition()
        let value = ''
        const task = createTask(
          body(function* () {
            yield* wait(condition.acquire())
            return yield* wait(condition.waitFor(() => (log.push('asked'), value)))
          }),
        )
        yield* wait(sleep(0))
        for (const next of ['', 'found']) {
          const held = yield* wait(condition.acquire())
          value = next
          condition.notify()
          held[Symbol.dispose]()
          yield* wait(sleep(0))
        }
        return yield* wait(task)
      })
      expect(await run(main)).toBe('found')
      expect(log).toEqual(['asked', 'asked', 'asked'])
    })

    it('asks the predicate before it asks for the lock', async () => {
      const main = body(function* () {
        const condition = new Condition()
        const found = yield* wait(condition.waitFor(() => [1, 2, 3]))
        try {
          yield* wait(condition.waitFor(() => false))
        } catch (error) {
          return [found, (error as Error).name]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual([[1, 2, 3], 'InvalidStateError'])
    })

    it('throws what the predicate throws, with the lock held', async () => {
      const main = body(function* () {
        const condition = new Condition()
        yield* wait(condition.acquire())
        try {
          yield* wait(
            condition.waitFor(() => {
              throw new Error('asked in vain')
            }),
          )
        } catch (error) {
          return [(error as Error).message, condition.locked()]
        }
        return 'no error'
      })
      expect(await run(main)).toEqual(['asked in vain', true])
    })

    it('refuses a predicate that is async, whose promise would always be true', async () => {
      const main = body(function* () {
        return typeof (yield* wait(new Condition().waitFor(() => Promise.resolve(false))))
      })
      await expect(run(main)).rejects.toThrow('it must not be async')
    })

    it('cannot be waited for or notified without the lock', async () => {
      const condition = new Condition()
      const main = body(function* () {
        yield* wait(condition.wait())
      })
      await expect(run(main)).rejects.toThrow(InvalidStateError)
      expect(() => condition.notify()).toThrow(InvalidStateError)
      expect(() => condition.notifyAll()).toThrow(InvalidStateError)
      expect(() => condition.release()).toThrow(InvalidStateError)
    })

    it('shares a lock that it is given', async () => {
      const main = body(function* () {
        const lock = new Lock()
        const [full, empty] = [new Condition(lock), new Condition(lock)]
        const held = yield* wait(full.acquire())
        const locked = [lock.locked(), empty.locked()]
        held[Symbol.dispose]()
        return [...locked, lock.locked()]
      })
      expect(await run(main)).toEqual([true, true, false])
    })

    it('belongs to the loop whose tasks wait, and keeps the lock of others', async () => {
      const condition = new Condition()
      const first = body(function* () {
        const held = yield* wait(condition.acquire())
        const expired = timeout(1, () => condition.wait())
        yield* wait(gather([expired], { returnExceptions: true }))
        held[Symbol.dispose]()
      })
      await run(first)
      const second = body(function* () {
        yield* wait(condition.acquire())
        try {
          yield* wait(condition.wait())
        } catch (error) {
          return [(error as Error).message, condition.locked()]
        }
        return 'no error'
      })
      expect(await run(second)).toEqual([
        '<Condition locked> belongs to another loop: tasks of that one have waited for it.',
        true,
      ])
    })

    it('refuses what it cannot work with', () => {
      const condition = new Condition()
      expect(() => new Condition({} as never)).toThrow(TypeError)
      expect(() => condition.waitFor(true as never)).toThrow(TypeError)
      expect(() => condition.notify(-1)).toThrow(RangeError)
      expect(() => condition.notify(NaN)).toThrow(RangeError)
      expect(() => condition.notify('all' as never)).toThrow(TypeError)
    })
  })
}
