import {
  EventLoop,
  getRunningLoop,
  InvalidStateError,
  type ExceptionContext,
  type Future,
} from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { asCompleted } from '../as-completed.js'
import { coroutine, type Gen } from '../coroutine.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { ensureFuture } from '../ensure-future.js'
import { type ExceptionGroup } from '../exception-group.js'
import { gather } from '../gather.js'
import { shield } from '../shield.js'
import { sleep } from '../sleep.js'
import { taskGroup, type TaskGroup } from '../task-group.js'
import { Task } from '../task.js'
import { timeout, timeoutAt } from '../timeout.js'
import { until } from '../until.js'
import { waitFor } from '../wait-for.js'
import { wait as waitSeveral } from '../wait.js'
import type { TaskDrive } from './conformance.js'
import { endings } from './ending.js'

/** What is done wrong in the middle of a program, and gives what came of it. */
type Misuse = () => Generator<unknown, unknown, unknown>

export function describeMisuse({ spelling, run }: TaskDrive): void {
  const { body, wait } = spelling
  const ending = endings(spelling)

  /** Gives what comes of a misuse, having seen that the rest goes on. */
  async function harmless(misuse: Misuse): Promise<unknown> {
    const main = body(function* () {
      const loop = getRunningLoop()
      const bystander = createTask(() => sleep(2, 'untouched'))
      const me = currentTask()?.name
      const result = yield* misuse()
      const turned = loop.createFuture<string>()
      loop.callSoon(() => turned.setResult('turns'))
      const rest = [yield* wait(turned), yield* wait(bystander), currentTask()?.name === me]
      return { result, rest }
    })
    const { result, rest } = (await run(main)) as { result: unknown; rest: unknown[] }
    expect(rest).toEqual(['turns', 'untouched', true])
    return result
  }

  function reportsOf(loop: EventLoop): ExceptionContext[] {
    const reports: ExceptionContext[] = []
    loop.setExceptionHandler((_, context) => reports.push(context))
    return reports
  }

  describe('misuse', () => {
    it('of types is a TypeError at the door', async () => {
      const wrong = 42 as never
      const promise = Promise.resolve() as never
      const calls: (() => unknown)[] = [
        () => createTask(wrong),
        () => createTask(promise),
        () => new Task(wrong),
        () => ensureFuture(wrong),
        () => ensureFuture(null as never),
        () => gather(wrong),
        () => gather([wrong]),
        () => gather([promise]),
        () => waitSeveral([wrong]),
        () => waitFor(wrong, 1),
        () => shield(wrong),
        () => asCompleted([wrong]),
        () => sleep('1' as never),
        () => timeout('1' as never, () => sleep(1)),
        () => taskGroup(wrong),
        () => coroutine(wrong),
        () => until(wrong),
        () => getRunningLoop().createFuture().addDoneCallback(wrong),
        () => getRunningLoop().callSoon(wrong),
      ]
      await harmless(function* () {
        for (const call of calls) expect(call, String(call)).toThrow(TypeError)
        yield* wait(sleep(0))
      })
      expect.assertions(calls.length + 1)
    })

    it('of times is a RangeError at the door', async () => {
      const calls: (() => unknown)[] = [
        () => sleep(NaN),
        () => timeout(NaN, () => sleep(1)),
        () => timeoutAt(NaN, () => sleep(1)),
        () => waitFor(sleep(1), NaN),
        () => waitSeveral([createTask(() => sleep(0))], { timeout: NaN }),
        () => asCompleted([sleep(1)], { timeout: NaN }),
        () => getRunningLoop().callLater(NaN, () => undefined),
        () => getRunningLoop().callAt(NaN, () => undefined),
      ]
      await harmless(function* () {
        for (const call of calls) expect(call, String(call)).toThrow(RangeError)
        yield* wait(sleep(0))
      })
      expect.assertions(calls.length + 1)
    })

    it('of a function that gives nothing to wait for fails the task', async () => {
      const result = await harmless(function* () {
        const evil = {
          get then(): never {
            throw new Error('no peeking')
          },
        }
        return [
          yield* ending(createTask((() => 42) as never)),
          yield* ending(createTask((() => evil) as never)),
        ]
      })
      expect(result).toEqual([
        expect.stringMatching(/^TypeError: .*returned 42/),
        'Error: no peeking',
      ])
    })

    it('of a bare yield is an error there, and the task goes on', async () => {
      const result = await harmless(function* () {
        const log: string[] = []
        const task = createTask(function* (): Gen<unknown> {
          for (const wrong of [42, null, undefined, Promise.resolve(), sleep(1)]) {
            try {
              yield wrong as never
            } catch (error) {
              log.push((error as Error).name)
            }
          }
          return log
        })
        return yield* wait(task)
      })
      expect(result).toEqual(Array.from({ length: 5 }, () => 'TypeError'))
    })

    it('of a task of another loop is a TypeError', async () => {
      const other = new EventLoop()
      // It is closed with a task that is pending.
      other.setExceptionHandler(() => undefined)
      const result = await harmless(function* () {
        const task = createTask(() => sleep(1), { loop: other })
        const mine = createTask(() => sleep(1))
        for (const call of [
          () => gather([mine, task]),
          () => gather([task]),
          () => asCompleted([task]),
          () => ensureFuture(task, { loop: getRunningLoop() }),
        ]) {
          expect(call, String(call)).toThrow(/belongs to another loop/)
        }
        const waits = [task, waitSeveral([mine, task]), waitFor(task, 1), shield(task)]
        const ends: string[] = []
        for (const each of waits) ends.push(String(yield* ending<unknown>(each)))
        return ends.map((end) => /^TypeError: .* belongs to another loop/.test(end))
      })
      other.close()
      expect(result).toEqual([true, true, true, true])
    })

    it('of a closed loop is an InvalidStateError', async () => {
      const closed = new EventLoop()
      closed.close()
      await harmless(function* () {
        expect(() => createTask(() => sleep(0), { loop: closed })).toThrow(InvalidStateError)
        expect(() => closed.callSoon(() => undefined)).toThrow(InvalidStateError)
        yield* wait(sleep(0))
      })
      expect.assertions(3)
    })

    it('of a task that waits for itself is an InvalidStateError', async () => {
      const result = await harmless(function* () {
        const task: Task = createTask(
          body(function* (): Generator<unknown, unknown, unknown> {
            yield* wait(sleep(0))
            return [yield* ending(task), yield* ending(waitSeveral([task]))]
          }),
        )
        return yield* wait(task)
      })
      const refused = expect.stringMatching(
        /^InvalidStateError: .* cannot wait for itself/,
      ) as string
      expect(result).toEqual([refused, refused])
    })

    it('of tasks that wait in a circle ends when one is cancelled', async () => {
      const result = await harmless(function* () {
        const circle: Task[] = []
        for (let i = 0; i < 3; i++) {
          const follower = body(function* () {
            yield* wait(sleep(0))
            yield* wait(circle[(i + 1) % 3] as Task)
          })
          circle.push(createTask(follower))
        }
        yield* wait(sleep(1))
        circle[0]?.cancel()
        yield* wait(waitSeveral(circle))
        return circle.map((task) => task.cancelled())
      })
      expect(result).toEqual([true, true, true])
    })

    it('of a coroutine that is taken twice is a TypeError', async () => {
      await harmless(function* () {
        const once = sleep(0)
        const task = createTask(once)
        expect(() => createTask(once)).toThrow(/taken once/)
        expect(() => shield(once)).toThrow(/taken once/)
        expect(String(yield* ending(once))).toMatch(/^TypeError: .*taken once/)
        yield* wait(task)
      })
      expect.assertions(4)
    })

    it('of a future that is done is an InvalidStateError', async () => {
      await harmless(function* () {
        const future = getRunningLoop().createFuture<number>()
        expect(() => future.result()).toThrow(InvalidStateError)
        expect(() => future.exception()).toThrow(InvalidStateError)
        future.setResult(1)
        expect(() => future.setResult(2)).toThrow(InvalidStateError)
        expect(() => future.setException(new Error())).toThrow(InvalidStateError)
        expect([future.cancel(), yield* wait(future)]).toEqual([false, 1])
      })
      expect.assertions(6)
    })
  })

  describe('what is thrown', () => {
    it('by a done callback is reported, and the others are called', async () => {
      const result = await harmless(function* () {
        const reports = reportsOf(getRunningLoop())
        const future = getRunningLoop().createFuture<string>()
        const called: string[] = []
        future.addDoneCallback(() => called.push('before'))
        future.addDoneCallback(() => {
          throw new Error('in a callback')
        })
        future.addDoneCallback(() => called.push('after'))
        future.setResult('kept')
        yield* wait(sleep(0))
        return [yield* wait(future), called, reports.map(({ exception }) => String(exception))]
      })
      expect(result).toEqual(['kept', ['before', 'after'], ['Error: in a callback']])
    })

    it('by an exception handler is reported too', async () => {
      const reported: unknown[] = []
      await harmless(function* () {
        const loop = getRunningLoop()
        loop.defaultExceptionHandler = ({ exception }) => void reported.push(exception)
        loop.setExceptionHandler(() => {
          throw new Error('in the handler')
        })
        loop.callSoon(() => {
          throw new Error('in a callback')
        })
        yield* wait(sleep(1))
      })
      expect(reported.map(String)).toEqual(['Error: in the handler', 'Error: in a callback'])
    })

    it('by finally during a cancellation takes its place', async () => {
      const result = await harmless(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(sleep(60_000))
            } finally {
              throw new Error('in finally')
            }
          }),
        )
        yield* wait(sleep(0))
        task.cancel()
        return [yield* ending(task), task.cancelled(), task.cancelling()]
      })
      expect(result).toEqual(['Error: in finally', false, 1])
    })

    // JavaScript asks an iterator that has no `throw` to return, and throws a TypeError.
    it('by the return of an iterator that is cancelled fails its task', async () => {
      const result = await harmless(function* () {
        const endless = (end: () => IteratorResult<never>): Iterable<never> => ({
          [Symbol.iterator]: () => ({
            next: () => sleep(0)[Symbol.iterator]().next() as IteratorResult<never>,
            return: end,
          }),
        })
        const ends: string[] = []
        for (const end of [
          () => ({ done: true, value: undefined }) as const,
          () => {
            throw new Error('in return')
          },
        ]) {
          const task = createTask(function* (): Gen<void> {
            yield* endless(end)
          })
          yield* wait(sleep(0))
          task.cancel()
          ends.push(String(yield* ending(task)))
        }
        return ends
      })
      expect(result).toEqual([expect.stringMatching(/^TypeError: /), 'Error: in return'])
    })

    it('is kept as it is, if it is no error at all', async () => {
      const odd = ['text', 42, null, undefined, Symbol('odd'), { code: 1 }]
      const result = await harmless(function* () {
        const caught: unknown[] = []
        for (const thrown of odd) {
          const failing = body(function* () {
            yield* wait(sleep(0))
            throw thrown
          })
          try {
            yield* wait(createTask(failing) as Future)
          } catch (error) {
            caught.push(error)
          }
          const group = taskGroup(
            body(function* (tasks: TaskGroup) {
              tasks.createTask(failing)
              yield* wait(sleep(60_000))
            }),
          )
          try {
            yield* wait(group)
          } catch (error) {
            caught.push((error as ExceptionGroup).errors[0])
          }
        }
        return caught
      })
      expect(result).toEqual(odd.flatMap((thrown) => [thrown, thrown]))
    })
  })
}
