import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { BoundedSemaphore } from '../bounded-semaphore.js'
import { createTask } from '../create-task.js'
import { gather } from '../gather.js'
import { Semaphore } from '../semaphore.js'
import { sleep } from '../sleep.js'
import type { TaskDrive } from './conformance.js'

export function describeSemaphores({ spelling: { body, wait }, run }: TaskDrive): void {
  const acquirer = (semaphore: Semaphore, log: unknown[], name: unknown) =>
    createTask(
      body(function* () {
        yield* wait(semaphore.acquire())
        log.push(name)
      }),
    )

  describe('Semaphore', () => {
    it('gives as many permits as it has, and the next ones in order', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const semaphore = new Semaphore(3)
        yield* wait(semaphore.acquire())
        yield* wait(semaphore.acquire())
        log.push(semaphore.locked())
        const tasks = [1, 2, 3].map((name) => acquirer(semaphore, log, name))
        yield* wait(sleep(0))
        log.push(String(semaphore))
        tasks.push(acquirer(semaphore, log, 4))
        semaphore.release()
        semaphore.release()
        yield* wait(sleep(0))
        log.push(String(semaphore))
        semaphore.release()
        yield* wait(gather(tasks))
      })
      await run(main)
      expect(log).toEqual([
        false,
        1,
        '<Semaphore locked, waiters: 2>',
        2,
        3,
        '<Semaphore locked, waiters: 1>',
        4,
      ])
    })

    it('says how many permits are left', () => {
      expect(String(new Semaphore())).toBe('<Semaphore unlocked, permits: 1>')
      expect(String(new BoundedSemaphore(0))).toBe('<BoundedSemaphore locked>')
    })

    it('gives its permit back through what acquire gives, once', async () => {
      const main = body(function* () {
        const semaphore = new Semaphore(1)
        const permit = yield* wait(semaphore.acquire())
        const locked = semaphore.locked()
        permit[Symbol.dispose]()
        permit[Symbol.dispose]()
        return [locked, String(semaphore)]
      })
      expect(await run(main)).toEqual([true, '<Semaphore unlocked, permits: 1>'])
    })

    it('passes over those who were cancelled before a release', async () => {
      const main = body(function* () {
        const semaphore = new Semaphore(0)
        const tasks = [1, 2, 3, 4].map((name) => acquirer(semaphore, [], name))
        yield* wait(sleep(0))
        tasks[0]?.cancel()
        tasks[1]?.cancel()
        semaphore.release()
        yield* wait(sleep(0))
        const done = tasks.map((task) => task.done())
        tasks[3]?.cancel()
        yield* wait(sleep(0))
        return done
      })
      expect(await run(main)).toEqual([true, true, true, false])
    })

    it('is acquired by the next when the first is cancelled with the release', async () => {
      const main = body(function* () {
        const semaphore = new Semaphore(0)
        const first = acquirer(semaphore, [], 1)
        const second = acquirer(semaphore, [], 2)
        yield* wait(sleep(0))
        first.cancel()
        semaphore.release()
        yield* wait(second)
        return semaphore.locked()
      })
      expect(await run(main)).toBe(true)
    })

    it('gets a permit back that was on its way to one who is cancelled', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const semaphore = new Semaphore(1)
        const second = createTask(
          body(function* () {
            yield* wait(sleep(0))
            yield* wait(semaphore.acquire())
            log.push('never')
          }),
        )
        yield* wait(semaphore.acquire())
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        semaphore.release()
        second.cancel()
        try {
          yield* wait(second)
        } catch (error) {
          log.push(isCancelled(error))
        }
        yield* wait(semaphore.acquire())
        log.push('acquired')
      })
      await run(main)
      expect(log).toEqual([true, 'acquired'])
    })

    it('passes such a permit on to who waits', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const semaphore = new Semaphore(0)
        const first = acquirer(semaphore, log, 1)
        const second = acquirer(semaphore, log, 2)
        yield* wait(sleep(0))
        semaphore.release()
        first.cancel()
        yield* wait(second)
        return String(semaphore)
      })
      expect(await run(main)).toBe('<Semaphore locked>')
      expect(log).toEqual([2])
    })

    it('is not overtaken by one who comes back', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const semaphore = new Semaphore(1)
        const twice = (name: string) =>
          body(function* () {
            for (const round of [1, 2]) {
              yield* wait(semaphore.acquire())
              log.push(`${name}${round}`)
              yield* wait(sleep(1))
              semaphore.release()
            }
          })
        yield* wait(gather(['a', 'b', 'c'].map(twice)))
      })
      await run(main)
      expect(log).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
    })

    it('keeps the order when permits come before their turn', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const semaphore = new Semaphore(1)
        const first = acquirer(semaphore, log, 1)
        const second = createTask(
          body(function* () {
            yield* wait(semaphore.acquire())
            log.push(2)
            semaphore.release()
            yield* wait(semaphore.acquire())
            log.push(4)
          }),
        )
        const third = acquirer(semaphore, log, 3)
        yield* wait(sleep(0))
        semaphore.release()
        semaphore.release()
        yield* wait(gather([first, second, third]))
      })
      await run(main)
      expect(log).toEqual([1, 2, 3, 4])
    })

    it('wakes as many as may go when the first has gone', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const semaphore = new Semaphore(0)
        const first = createTask(
          body(function* () {
            yield* wait(semaphore.acquire())
            createTask(
              body(function* () {
                log.push(4)
                yield* wait(sleep(0))
              }),
            )
            log.push(1)
          }),
        )
        const second = createTask(
          body(function* () {
            for (let i = 0; i < 3; i++) semaphore.release()
            // One is on its way to the first, and has not arrived: others wait behind it.
            log.push(semaphore.locked())
            yield* wait(semaphore.acquire())
            log.push(2)
          }),
        )
        const third = acquirer(semaphore, log, 3)
        yield* wait(gather([first, second, third]))
        yield* wait(sleep(0))
      })
      await run(main)
      expect(log).toEqual([true, 1, 2, 3, 4])
    })

    it('may have more permits than it began with', () => {
      const semaphore = new Semaphore(0)
      semaphore.release()
      semaphore.release()
      expect(String(semaphore)).toBe('<Semaphore unlocked, permits: 2>')
    })

    it('may be without a limit', async () => {
      const main = body(function* () {
        const semaphore = new BoundedSemaphore(Infinity)
        const permit = yield* wait(semaphore.acquire())
        permit[Symbol.dispose]()
        return semaphore.locked()
      })
      expect(await run(main)).toBe(false)
    })

    it('refuses what is no number of permits', () => {
      expect(() => new Semaphore(-1)).toThrow(RangeError)
      expect(() => new Semaphore(NaN)).toThrow(RangeError)
      expect(() => new Semaphore(1.5)).toThrow(RangeError)
      expect(() => new BoundedSemaphore(-1)).toThrow(RangeError)
      expect(() => new Semaphore('1' as never)).toThrow(TypeError)
    })
  })

  describe('BoundedSemaphore', () => {
    it('cannot be released more often than it was acquired', async () => {
      const main = body(function* () {
        const semaphore = new BoundedSemaphore(2)
        yield* wait(semaphore.acquire())
        semaphore.release()
        return semaphore
      })
      const semaphore = (await run(main)) as BoundedSemaphore
      expect(() => semaphore.release()).toThrow(InvalidStateError)
      expect(() => semaphore.release()).toThrow('it has all of its 2 permits')
    })
  })
}
