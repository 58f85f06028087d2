import { EventLoop, getRunningLoop, InvalidStateError } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { Event } from '../event.js'
import { Lock } from '../lock.js'
import { sleep } from '../sleep.js'
import { Task } from '../task.js'
import type { TaskDrive } from './conformance.js'

export function describeLocks({ spelling: { body, wait }, run }: TaskDrive): void {
  /** A task that acquires the lock, says so, and keeps it. */
  const acquirer = (lock: Lock, log: unknown[], name: unknown) =>
    createTask(
      body(function* () {
        yield* wait(lock.acquire())
        log.push(name)
      }),
    )

  describe('Lock', () => {
    it('is given to those who wait in the order in which they came', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const lock = new Lock()
        yield* wait(lock.acquire())
        acquirer(lock, log, 1)
        acquirer(lock, log, 2)
        yield* wait(sleep(0))
        log.push('released')
        lock.release()
        yield* wait(sleep(0))
        log.push('next turn')
        yield* wait(sleep(0))
        acquirer(lock, log, 3)
        lock.release()
        yield* wait(sleep(0))
        lock.release()
        yield* wait(sleep(0))
        log.push(lock.locked())
      })
      await run(main)
      expect(log).toEqual(['released', 1, 'next turn', 2, 3, true])
    })

    it('is taken at once when it is free', async () => {
      const main = body(function* () {
        const lock = new Lock()
        let turns = 0
        getRunningLoop().callSoon(() => turns++)
        yield* wait(lock.acquire())
        const locked = lock.locked()
        lock.release()
        return [locked, lock.locked(), turns]
      })
      expect(await run(main)).toEqual([true, false, 0])
    })

    it('is released by what acquire gives, once', async () => {
      const main = body(function* () {
        const lock = new Lock()
        const held = yield* wait(lock.acquire())
        held[Symbol.dispose]()
        yield* wait(lock.acquire())
        held[Symbol.dispose]()
        return lock.locked()
      })
      expect(await run(main)).toBe(true)
    })

    it('is not overtaken by one who comes between the release and the next in line', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const lock = new Lock()
        yield* wait(lock.acquire())
        const waiting = createTask(
          body(function* () {
            const held = yield* wait(lock.acquire())
            log.push('waited')
            held[Symbol.dispose]()
          }),
        )
        yield* wait(sleep(0))
        lock.release()
        log.push(lock.locked())
        yield* wait(lock.acquire())
        log.push('came later', waiting.done())
      })
      await run(main)
      expect(log).toEqual([false, 'waited', 'came later', true])
    })

    it('is given to the next when the one that was woken is cancelled', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const lock = new Lock()
        yield* wait(lock.acquire())
        const first = acquirer(lock, log, 1)
        const second = acquirer(lock, log, 2)
        yield* wait(sleep(0))
        lock.release()
        first.cancel()
        yield* wait(second)
        return [first.cancelled(), lock.locked()]
      })
      expect(await run(main)).toEqual([true, true])
      expect(log).toEqual([2])
    })

    it('is given to the next when the first was cancelled just before the release', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const lock = new Lock()
        yield* wait(lock.acquire())
        const first = acquirer(lock, log, 1)
        const second = acquirer(lock, log, 2)
        const third = acquirer(lock, log, 3)
        yield* wait(sleep(0))
        first.cancel()
        lock.release()
        yield* wait(sleep(0))
        log.push('first is gone')
        yield* wait(second)
        yield* wait(sleep(0))
        const taken = third.done()
        third.cancel()
        yield* wait(sleep(0))
        return [first.cancelled(), taken, third.cancelled()]
      })
      expect(await run(main)).toEqual([true, false, true])
      expect(log).toEqual(['first is gone', 2])
    })

    it('goes to one who comes at once when all who wait were cancelled', async () => {
      const main = body(function* () {
        const lock = new Lock()
        yield* wait(lock.acquire())
        const waiting = acquirer(lock, [], 1)
        yield* wait(sleep(0))
        waiting.cancel()
        lock.release()
        let turns = 0
        getRunningLoop().callSoon(() => turns++)
        yield* wait(lock.acquire())
        return [turns, lock.locked()]
      })
      expect(await run(main)).toEqual([0, true])
    })

    it('waits behind a waiter that is not cancelled, though the lock is free', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const lock = new Lock()
        yield* wait(lock.acquire())
        const cancelled = acquirer(lock, log, 'cancelled')
        const waiting = acquirer(lock, log, 'waiting')
        yield* wait(sleep(0))
        cancelled.cancel()
        lock.release()
        const last = acquirer(lock, log, 'last')
        yield* wait(waiting)
        lock.release()
        yield* wait(last)
      })
      await run(main)
      expect(log).toEqual(['waiting', 'last'])
    })

    it('leaves nothing behind when a wait is cancelled', async () => {
      const main = body(function* () {
        const lock = new Lock()
        yield* wait(lock.acquire())
        const waiting = acquirer(lock, [], 1)
        yield* wait(sleep(0))
        const before = String(lock)
        waiting.cancel()
        yield* wait(sleep(0))
        return [before, String(lock)]
      })
      expect(await run(main)).toEqual(['<Lock locked, waiters: 1>', '<Lock locked>'])
    })

    it('cannot be released when it is not locked', async () => {
      const lock = new Lock()
      expect(() => lock.release()).toThrow(InvalidStateError)
      expect(() => lock.release()).toThrow('<Lock unlocked> is not locked')
    })

    it('belongs to the loop whose tasks wait for it', async () => {
      const lock = new Lock()
      const main = body(function* () {
        yield* wait(lock.acquire())
        const waiting = acquirer(lock, [], 1)
        yield* wait(sleep(0))
        waiting.cancel()
        yield* wait(sleep(0))
      })
      await run(main)
      const other = body(function* () {
        try {
          yield* wait(lock.acquire())
        } catch (error) {
          return [(error as Error).name, (error as Error).message]
        }
        return 'no error'
      })
      expect(await run(other)).toEqual([
        'TypeError',
        '<Lock locked> belongs to another loop: tasks of that one have waited for it.',
      ])
    })

    it('is free for any loop as long as nobody has to wait', async () => {
      const lock = new Lock()
      const main = body(function* () {
        yield* wait(lock.acquire())
        lock.release()
        return 'acquired'
      })
      expect([await run(main), await run(main)]).toEqual(['acquired', 'acquired'])
    })
  })

  describe('Event', () => {
    const waiter = (event: Event, log: unknown[], name: unknown) =>
      createTask(
        body(function* () {
          log.push([name, yield* wait(event.wait())])
        }),
      )

    it('wakes everybody in order, after those who come when it is set', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const event = new Event()
        waiter(event, log, 1)
        waiter(event, log, 2)
        yield* wait(sleep(0))
        waiter(event, log, 3)
        event.set()
        yield* wait(sleep(0))
      })
      await run(main)
      expect(log).toEqual([
        [3, true],
        [1, true],
        [2, true],
      ])
    })

    it('does not make anybody wait while it is set', async () => {
      const main = body(function* () {
        const event = new Event()
        event.set()
        let turns = 0
        getRunningLoop().callSoon(() => turns++)
        return [yield* wait(event.wait()), turns, event.isSet()]
      })
      expect(await run(main)).toEqual([true, 0, true])
    })

    it('wakes those who wait even if it is cleared before they run', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const event = new Event()
        waiter(event, log, 1)
        yield* wait(sleep(0))
        event.set()
        event.clear()
        log.push(event.isSet())
        const late = waiter(event, log, 'late')
        event.set()
        event.set()
        log.push(String(event))
        event.clear()
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        log.push(late.done(), String(event))
        late.cancel()
      })
      await run(main)
      expect(log).toEqual([
        false,
        '<Event set, waiters: 1>',
        [1, true],
        false,
        '<Event unset, waiters: 1>',
      ])
    })

    it('loses nobody when a wait is cancelled', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const event = new Event()
        const cancelled = waiter(event, log, 'cancelled')
        const other = waiter(event, log, 'other')
        yield* wait(sleep(0))
        cancelled.cancel()
        event.set()
        yield* wait(other)
        return [cancelled.cancelled(), String(event)]
      })
      expect(await run(main)).toEqual([true, '<Event set>'])
      expect(log).toEqual([['other', true]])
    })

    it('belongs to the loop whose tasks wait for it', async () => {
      const event = new Event()
      const loop = new EventLoop()
      const elsewhere = new Task(event.wait(), { loop })
      loop.callSoon(() => loop.stop())
      await loop.runForever()
      const main = body(function* () {
        yield* wait(event.wait())
      })
      await expect(run(main)).rejects.toThrow('belongs to another loop')
      elsewhere.cancel()
      loop.callSoon(() => loop.stop())
      await loop.runForever()
      loop.close()
    })
  })
}
