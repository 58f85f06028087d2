import { isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { coroutine } from '../coroutine.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { moveOnAfter } from '../move-on-after.js'
import { sleep } from '../sleep.js'
import { timeout } from '../timeout.js'
import { using } from '../using.js'
import type { TaskDrive } from './conformance.js'

export function describeUsing({ spelling: { body, wait }, run }: TaskDrive): void {
  const plain = (log: unknown[], failure?: Error): Disposable => ({
    [Symbol.dispose]() {
      log.push('disposed')
      if (failure !== undefined) throw failure
    },
  })
  /** Takes `delay` to be disposed of. */
  const slow = (log: unknown[], delay: number, failure?: Error): AsyncDisposable => ({
    [Symbol.asyncDispose]: () =>
      coroutine(
        (function* () {
          log.push('disposing')
          try {
            yield* sleep(delay)
            log.push('disposed')
            if (failure !== undefined) throw failure
          } catch (error) {
            if (isCancelled(error)) log.push('interrupted')
            throw error
          }
        })(),
      ),
  })
  const nothing = body(function* () {
    yield* wait(sleep(0))
  })
  const failing = body(function* () {
    yield* wait(sleep(0))
    throw new Error('body')
  })
  const forever = body(function* () {
    yield* wait(sleep(60_000))
  })

  describe('using', () => {
    it('gives the body the resource, disposes of it, and gives the result', async () => {
      const log: unknown[] = []
      const resource = plain(log)
      const main = body(function* () {
        const work = body(function* (given: Disposable) {
          yield* wait(sleep(0))
          log.push(given === resource)
          return 'result'
        })
        log.push(yield* wait(using(resource, work)))
      })
      await run(main)
      expect(log).toEqual([true, 'disposed', 'result'])
    })

    it('waits for a disposal that takes its time', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* wait(using(slow(log, 1), nothing))
        log.push('left')
      })
      await run(main)
      expect(log).toEqual(['disposing', 'disposed', 'left'])
    })

    it('prefers the disposal that can wait, and takes null and undefined', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        yield* wait(using({ ...plain(['never']), ...slow(log, 1) }, nothing))
        yield* wait(using(null, nothing))
        yield* wait(using(undefined, nothing))
      })
      await run(main)
      expect(log).toEqual(['disposing', 'disposed'])
    })

    it('disposes after an error, and throws it', async () => {
      const log: unknown[] = []
      await expect(run(() => using(slow(log, 1), failing))).rejects.toThrow('body')
      await expect(run(() => using(plain(log), failing))).rejects.toThrow('body')
      expect(log).toEqual(['disposing', 'disposed', 'disposed'])
    })

    it('disposes when the body throws before its first wait', async () => {
      const log: unknown[] = []
      const broken = (): never => {
        throw new Error('at once')
      }
      await expect(run(() => using(plain(log), broken))).rejects.toThrow('at once')
      expect(log).toEqual(['disposed'])
    })

    it('throws what the disposal throws', async () => {
      const failure = new Error('disposal')
      await expect(run(() => using(plain([], failure), nothing))).rejects.toBe(failure)
      await expect(run(() => using(slow([], 1, failure), nothing))).rejects.toBe(failure)
    })

    it('throws both errors if the disposal fails after the body', async () => {
      const failure = new Error('disposal')
      for (const resource of [plain([], failure), slow([], 1, failure)]) {
        await expect(run(() => using(resource, failing))).rejects.toMatchObject({
          name: 'SuppressedError',
          error: failure,
          suppressed: { message: 'body' },
        })
      }
    })

    it('cancelled in the body, disposes before the cancellation goes on', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const task = createTask(() => using(slow(log, 1), forever))
        yield* wait(sleep(1))
        task.cancel('enough')
        try {
          yield* wait(task)
        } catch (error) {
          log.push((error as Error).message, task.cancelled(), task.cancelling())
        }
      })
      await run(main)
      expect(log).toEqual(['disposing', 'disposed', 'enough', true, 1])
    })

    it('cancelled again, interrupts the disposal', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const task = createTask(() => using(slow(log, 60_000), forever))
        yield* wait(sleep(1))
        task.cancel()
        yield* wait(sleep(1))
        task.cancel('at last')
        try {
          yield* wait(task)
        } catch (error) {
          log.push((error as Error).message, task.cancelled())
        }
      })
      await run(main)
      expect(log).toEqual(['disposing', 'interrupted', 'at last', true])
    })

    it('cancelled while it disposes after an error, is cancelled, with the error as cause', async () => {
      const main = body(function* () {
        const task = createTask(() => using(slow([], 60_000), failing))
        yield* wait(sleep(1))
        task.cancel()
        try {
          yield* wait(task)
          return 'no error'
        } catch (error) {
          return [isCancelled(error), ((error as Error).cause as Error).message]
        }
      })
      expect(await run(main)).toEqual([true, 'body'])
    })

    it('does not count as cancelled any more when the timeout around it is over', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        try {
          yield* wait(timeout(1, () => using(slow(log, 1), forever)))
        } catch (error) {
          log.push((error as Error).name, currentTask()?.cancelling())
        }
      })
      await run(main)
      expect(log).toEqual(['disposing', 'disposed', 'TimeoutError', 0])
    })

    it('interrupts the disposal in a cancelled scope, unless it is shielded', async () => {
      const log: unknown[] = []
      const shielded: AsyncDisposable = {
        [Symbol.asyncDispose]: () =>
          coroutine(
            (function* () {
              yield* moveOnAfter(60_000, () => sleep(1), { shield: true })
              log.push('shielded')
            })(),
          ),
      }
      const main = body(function* () {
        yield* wait(moveOnAfter(1, () => using(slow(log, 1), forever)))
        yield* wait(moveOnAfter(1, () => using(shielded, forever)))
      })
      await run(main)
      expect(log).toEqual(['disposing', 'interrupted', 'shielded'])
    })

    it('refuses what cannot be disposed of, and what is no body', () => {
      expect(() => using({} as never, nothing)).toThrow(TypeError)
      expect(() => using(null, 5 as never)).toThrow(TypeError)
    })
  })
}
