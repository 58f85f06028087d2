import { describe, expect, it } from 'vitest'

import { Barrier } from '../barrier.js'
import { CancelScope } from '../cancel-scope.js'
import { Condition } from '../condition.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { Event } from '../event.js'
import { gather } from '../gather.js'
import { Lock } from '../lock.js'
import { Queue } from '../queue.js'
import { Semaphore } from '../semaphore.js'
import { sleep } from '../sleep.js'
import type { Task } from '../task.js'
import type { TaskDrive } from './conformance.js'

/** How a wait is ended from outside. */
interface Ending {
  readonly signal?: AbortSignal
  end(task: Task): void
}

const endings: Record<string, () => Ending> = {
  'cancelled task': () => ({ end: (task) => task.cancel() }),
  'aborted signal': () => {
    const controller = new AbortController()
    return { signal: controller.signal, end: () => controller.abort() }
  },
}

// A wait is ended in each of so many turns, before and after what else happens in it.
const moments = Array.from({ length: 16 }, (_, i) => ({ turn: i >> 1, first: i % 2 === 0 }))

export function describeNothingLost({ spelling: { body, wait }, run }: TaskDrive): void {
  function* turns(n: number): Generator<unknown, void, unknown> {
    for (let i = 0; i < n; i++) yield* wait(sleep(0))
  }

  describe.each(Object.entries(endings))('a wait of a %s', (_name, makeEnding) => {
    /** Runs `scenario` with its victim ended at every moment, and gives what came of each. */
    async function atEachMoment(
      scenario: (
        ending: Ending,
        start: (
          victim: () => Generator<unknown, void, unknown>,
          others: readonly (() => Generator<unknown, void, unknown>)[],
        ) => Generator<unknown, void, unknown>,
      ) => Generator<unknown, unknown, unknown>,
    ): Promise<unknown[]> {
      const results: unknown[] = []
      for (const { turn, first } of moments) {
        const ending = makeEnding()
        const main = body(function* () {
          return yield* scenario(ending, function* (victim, others) {
            const task: Task = createTask(body(victim))
            const interrupter = body(function* () {
              yield* turns(turn)
              ending.end(task)
            })
            if (first) createTask(interrupter)
            const tasks = others.map((other) => createTask(body(other)))
            if (!first) createTask(interrupter)
            yield* wait(gather([task, ...tasks], { returnExceptions: true }))
            yield* turns(turn + 2)
          })
        })
        results.push(await run(main))
      }
      return results
    }

    const always = (value: unknown): unknown[] => moments.map(() => value)

    it('that gets has not taken what it does not give', async () => {
      const results = await atEachMoment(function* ({ signal }, start) {
        const queue = new Queue<number>()
        const got: number[] = []
        yield* start(
          function* () {
            for (let i = 0; i < 3; i++) got.push(yield* wait(queue.get({ signal })))
          },
          [
            function* () {
              got.push(yield* wait(queue.get()))
            },
            function* () {
              for (let i = 0; i < 4; i++) {
                yield* turns(1)
                queue.putNowait(i)
              }
            },
          ],
        )
        while (!queue.empty()) got.push(queue.getNowait())
        return got.sort()
      })
      expect(results).toEqual(always([0, 1, 2, 3]))
    })

    it('that puts has put its item or not, and leaves no room unused', async () => {
      const results = await atEachMoment(function* ({ signal }, start) {
        const queue = new Queue<string>(1)
        const put: string[] = []
        const got: string[] = []
        let othersPut = false
        queue.putNowait('first')
        yield* start(
          function* () {
            for (const item of ['a', 'b']) {
              yield* wait(queue.put(item, { signal }))
              put.push(item)
            }
          },
          [
            function* () {
              yield* wait(queue.put('other'))
              othersPut = true
            },
            function* () {
              for (let i = 0; i < 2; i++) {
                yield* turns(1)
                got.push(queue.getNowait())
                yield* turns(1)
              }
            },
          ],
        )
        if (!queue.empty()) got.push(queue.getNowait())
        yield* turns(2)
        if (!queue.empty()) got.push(queue.getNowait())
        return othersPut && got.sort().join() === [...put, 'first', 'other'].sort().join()
      })
      expect(results).toEqual(always(true))
    })

    it('for a lock leaves the lock to the others', async () => {
      const results = await atEachMoment(function* ({ signal }, start) {
        const lock = new Lock()
        let passed = 0
        const holder = (own?: AbortSignal) =>
          function* () {
            const held = yield* wait(lock.acquire({ signal: own }))
            try {
              yield* turns(1)
            } finally {
              held[Symbol.dispose]()
            }
            passed++
          }
        const held = yield* wait(lock.acquire())
        const letGo = function* () {
          yield* turns(1)
          held[Symbol.dispose]()
        }
        yield* start(holder(signal), [letGo, holder(), holder()])
        return [passed >= 2, String(lock)]
      })
      expect(results).toEqual(always([true, '<Lock unlocked>']))
    })

    it('for a permit keeps no permit', async () => {
      const results = await atEachMoment(function* ({ signal }, start) {
        const semaphore = new Semaphore(0)
        let passed = 0
        const holder = (own?: AbortSignal) =>
          function* () {
            const permit = yield* wait(semaphore.acquire({ signal: own }))
            try {
              yield* turns(1)
            } finally {
              permit[Symbol.dispose]()
            }
            passed++
          }
        const grant = function* () {
          yield* turns(1)
          semaphore.release()
          yield* turns(1)
          semaphore.release()
        }
        yield* start(holder(signal), [grant, holder(), holder(), holder()])
        return [passed >= 3, String(semaphore)]
      })
      expect(results).toEqual(always([true, '<Semaphore unlocked, permits: 2>']))
    })

    it('to be notified has the lock when it ends, and passes the notification on', async () => {
      const results = await atEachMoment(function* ({ signal }, start) {
        const condition = new Condition()
        let items = 0
        let taken = 0
        const consumer = (own?: AbortSignal) =>
          function* () {
            const held = yield* wait(condition.acquire({ signal: own }))
            try {
              yield* wait(condition.waitFor(() => items > 0, { signal: own }))
              items--
              taken++
            } finally {
              held[Symbol.dispose]()
            }
          }
        const producer = function* () {
          for (let i = 0; i < 2; i++) {
            yield* turns(1)
            const held = yield* wait(condition.acquire())
            items++
            condition.notify()
            yield* turns(1)
            held[Symbol.dispose]()
          }
          // The victim's share, if the victim is gone: the others had one each.
          yield* turns(8)
          const held = yield* wait(condition.acquire())
          items += 3
          condition.notifyAll()
          held[Symbol.dispose]()
        }
        yield* start(consumer(signal), [consumer(), consumer(), producer])
        return [taken >= 2, items + taken, String(condition)]
      })
      expect(results).toEqual(always([true, 5, '<Condition unlocked>']))
    })

    it('at a barrier is counted no more', async () => {
      const results = await atEachMoment(function* ({ signal }, start) {
        const barrier = new Barrier(2)
        const party = (own?: AbortSignal) =>
          function* () {
            yield* wait(barrier.wait({ signal: own }))
          }
        const late = function* () {
          yield* turns(3)
          yield* wait(barrier.wait())
        }
        const substitute = function* () {
          yield* turns(20)
          if (barrier.nWaiting === 1) yield* wait(barrier.wait())
        }
        yield* start(party(signal), [late, substitute])
        return String(barrier)
      })
      expect(results).toEqual(always('<Barrier filling, waiters: 0/2>'))
    })
  })

  describe('a signal', () => {
    const never = () => {
      const [lock, full] = [new Lock(), new Queue(1)]
      const condition = new Condition(lock)
      full.putNowait('item')
      type Waits = Record<string, (signal: AbortSignal) => ReturnType<Queue['get']>>
      const waits: Waits = {
        'lock.acquire': (signal) => lock.acquire({ signal }),
        'condition.acquire': (signal) => condition.acquire({ signal }),
        'semaphore.acquire': (signal) => new Semaphore(0).acquire({ signal }),
        'event.wait': (signal) => new Event().wait({ signal }),
        'barrier.wait': (signal) => new Barrier(2).wait({ signal }),
        'queue.get': (signal) => new Queue().get({ signal }),
        'queue.put': (signal) => full.put('more', { signal }),
        'queue.join': (signal) => full.join({ signal }),
      }
      return { lock, condition, waits }
    }

    it('ends each kind of wait with its reason, and cancels no task', async () => {
      const main = body(function* () {
        const { lock, waits } = never()
        yield* wait(lock.acquire())
        const ends: Record<string, unknown> = {}
        for (const [name, start] of Object.entries(waits)) {
          const controller = new AbortController()
          createTask(
            body(function* () {
              yield* turns(1)
              controller.abort(`reason of ${name}`)
            }),
          )
          try {
            yield* wait(start(controller.signal))
          } catch (error) {
            ends[name] = error
          }
        }
        return [ends, currentTask()?.cancelling()]
      })
      const [ends, cancelling] = (await run(main)) as [Record<string, unknown>, number]
      for (const name of Object.keys(never().waits)) expect(ends[name]).toBe(`reason of ${name}`)
      expect(cancelling).toBe(0)
    })

    it('that is aborted already ends them at once', async () => {
      const main = body(function* () {
        const { lock, waits } = never()
        yield* wait(lock.acquire())
        const ends = []
        for (const start of Object.values(waits)) {
          try {
            yield* wait(start(AbortSignal.abort('too late')))
          } catch (error) {
            ends.push(error)
          }
        }
        return [ends, String(lock)]
      })
      const count = Object.keys(never().waits).length
      const ends = Array.from({ length: count }, () => 'too late')
      expect(await run(main)).toEqual([ends, '<Lock locked>'])
    })

    it('ends a condition’s wait when that has the lock again', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const condition = new Condition()
        const controller = new AbortController()
        const task = createTask(
          body(function* () {
            const held = yield* wait(condition.acquire())
            try {
              yield* wait(condition.wait({ signal: controller.signal }))
            } catch (error) {
              log.push(error, condition.locked())
            } finally {
              held[Symbol.dispose]()
            }
            return currentTask()?.cancelling()
          }),
        )
        yield* turns(1)
        const held = yield* wait(condition.acquire())
        controller.abort('enough')
        yield* turns(5)
        log.push('not before it is released')
        held[Symbol.dispose]()
        log.push(yield* wait(task), condition.locked())
      })
      await run(main)
      expect(log).toEqual(['not before it is released', 'enough', true, 0, false])
    })

    it('must be one', () => {
      for (const start of Object.values(never().waits)) {
        expect(() => start({} as never)).toThrow(TypeError)
      }
      const { condition } = never()
      expect(() => condition.wait({ signal: 'no' as never })).toThrow(TypeError)
      expect(() => condition.waitFor(() => true, { signal: 'no' as never })).toThrow(TypeError)
    })
  })

  describe('a cancelled scope', () => {
    it('interrupts a condition’s wait once, which then acquires its lock in peace', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const condition = new Condition()
        const scope = new CancelScope()
        const task = createTask(() =>
          scope.run(
            body(function* () {
              const held = yield* wait(condition.acquire())
              try {
                yield* wait(condition.wait())
              } finally {
                log.push(condition.locked())
                held[Symbol.dispose]()
              }
            }),
          ),
        )
        yield* turns(1)
        const held = yield* wait(condition.acquire())
        scope.cancel()
        yield* turns(2)
        const before = String(condition)
        yield* turns(50)
        log.push(before === String(condition), task.done())
        held[Symbol.dispose]()
        yield* wait(task)
        log.push(scope.cancelledCaught, condition.locked())
      })
      await run(main)
      expect(log).toEqual([true, false, true, true, false])
    })
  })
}
