import { describe, expect, it } from 'vitest'

import { CancelledError } from '../cancelled-error.js'
import { type Future, isFuture } from '../future.js'
import { InvalidStateError } from '../invalid-state-error.js'
import type { LoopBench } from './loop-bench.js'

/** FU1-FU6: futures. */
export function describeFutures({ make, run, complete, runSteps, drive, leaks }: LoopBench): void {
  describe('a future', () => {
    it('is pending at first', () => {
      const loop = make()
      const future = loop.createFuture()
      expect([future.done(), future.cancelled()]).toEqual([false, false])
      expect(() => future.result()).toThrow(InvalidStateError)
      expect(() => future.exception()).toThrow(InvalidStateError)
      expect(future.getLoop()).toBe(loop)
      expect(String(future)).toBe('<Future pending>')
    })

    it('keeps the result that it is given', () => {
      const future = make().createFuture<number>()
      future.setResult(42)
      expect([future.done(), future.cancelled(), future.result()]).toEqual([true, false, 42])
      expect(future.exception()).toBeUndefined()
      expect(String(future)).toBe('<Future finished>')
    })

    it('throws what it failed with, each time', () => {
      const future = make().createFuture()
      const error = new Error('mine')
      future.setException(error)
      expect(future.done()).toBe(true)
      for (let i = 0; i < 2; i++) {
        expect(() => future.result()).toThrow(error)
        expect(future.exception()).toBe(error)
      }
      expect(String(future)).toBe('<Future failed: Error: mine>')
    })

    it('can be settled once', () => {
      const loop = make()
      for (const settle of [
        (future: Future) => future.setResult(1),
        (future: Future) => future.setException(new Error('1')),
        (future: Future) => void future.cancel(),
      ]) {
        const future = loop.createFuture()
        settle(future)
        expect(() => future.setResult(2)).toThrow(InvalidStateError)
        expect(() => future.setException(new Error('2'))).toThrow(InvalidStateError)
        expect(future.cancel()).toBe(false)
        if (!future.cancelled()) future.exception()
      }
    })

    it('is cancelled at once, and says why', () => {
      const future = make().createFuture()
      expect(future.cancel('enough')).toBe(true)
      expect([future.done(), future.cancelled()]).toEqual([true, true])
      expect(() => future.result()).toThrow(CancelledError)
      expect(() => future.result()).toThrow('enough')
      expect(() => future.exception()).toThrow(CancelledError)
      expect(String(future)).toBe('<Future cancelled>')
    })

    it('is told from everything else by isFuture', () => {
      expect(isFuture(make().createFuture())).toBe(true)
      for (const other of [undefined, null, {}, Promise.resolve(), { then() {} }]) {
        expect(isFuture(other)).toBe(false)
      }
    })
  })

  describe('a done callback', () => {
    it('is called with the future, in a turn of its own, in the order of adding', async () => {
      const loop = make()
      const future = loop.createFuture()
      const log: unknown[] = []
      future.addDoneCallback((done) => log.push('a', done === future))
      future.addDoneCallback(() => log.push('b'))
      future.addDoneCallback(() => log.push('c'))
      await runSteps(loop, [
        () => {
          future.setResult(1)
          log.push('settled')
        },
        () => undefined,
      ])
      expect(log).toEqual(['settled', 'a', true, 'b', 'c'])
    })

    it('of a future that is done is called in the next turn', async () => {
      const loop = make()
      const future = loop.createFuture()
      future.cancel()
      const log: string[] = []
      await runSteps(loop, [
        () => {
          future.addDoneCallback(() => log.push('called'))
          log.push('added')
        },
        () => undefined,
      ])
      expect(log).toEqual(['added', 'called'])
    })

    it('is called as often as it was added, unless it is removed', async () => {
      const loop = make()
      const future = loop.createFuture()
      const log: string[] = []
      const twice = (): void => void log.push('twice')
      const removed = (): void => void log.push('removed')
      for (const callback of [removed, twice, removed, twice, removed]) {
        future.addDoneCallback(callback)
      }
      expect(future.removeDoneCallback(removed)).toBe(3)
      expect(future.removeDoneCallback(removed)).toBe(0)
      expect(future.removeDoneCallback(() => undefined)).toBe(0)
      future.setResult(undefined)
      expect(future.removeDoneCallback(twice)).toBe(0)
      await runSteps(loop, [])
      expect(log).toEqual(['twice', 'twice'])
    })

    it('that throws is reported, and the others are called', async () => {
      const loop = make()
      const future = loop.createFuture()
      const log: string[] = []
      future.addDoneCallback(() => {
        throw new Error('first')
      })
      future.addDoneCallback(() => log.push('second'))
      future.setResult(undefined)
      await runSteps(loop, [])
      expect(log).toEqual(['second'])
      expect(leaks.takeReports()).toMatchObject([{ exception: new Error('first') }])
    })

    it('must be a function', () => {
      const future = make().createFuture()
      expect(() => future.addDoneCallback(undefined as never)).toThrow(TypeError)
    })
  })

  describe('a failure that nobody looks at', () => {
    it('is reported once, when the loop is closed', () => {
      const loop = make()
      const error = new Error('unseen')
      loop.createFuture().setException(error)
      loop.close()
      expect(leaks.takeReports()).toMatchObject([
        { message: 'Future exception was never retrieved', exception: error },
      ])
      loop.close()
      expect(leaks.takeReports()).toEqual([])
    })

    it('is not reported if somebody looked, or the future was awaited', async () => {
      const loop = make()
      const futures = Array.from({ length: 3 }, () => loop.createFuture())
      for (const future of futures) future.setException(new Error('seen'))
      expect(() => futures[0]!.result()).toThrow('seen')
      expect(futures[1]!.exception()).toBeInstanceOf(Error)
      await expect(complete(loop, futures[2]!)).rejects.toThrow('seen')
      loop.close()
      expect(leaks.takeReports()).toEqual([])
    })
  })

  if (!drive.settlesPromises) {
    describe('await of a future', () => {
      it('goes on when Node’s loop does', async () => {
        const loop = make()
        const future = loop.createFuture<number>()
        const log: string[] = []
        const awaited = future.then((value) => log.push(`awaited ${value}`))
        await runSteps(loop, [() => future.setResult(1), () => undefined, () => log.push('end')])
        await awaited
        expect(log).toEqual(['end', 'awaited 1'])
      })
    })
    return
  }

  describe('await of a future', () => {
    it('gives its result, or throws what it failed with', async () => {
      const loop = make()
      const [fine, failed, cancelled] = [
        loop.createFuture<number>(),
        loop.createFuture(),
        loop.createFuture(),
      ]
      const error = new Error('mine')
      loop.callLater(1, () => fine.setResult(1))
      loop.callLater(1, () => failed.setException(error))
      loop.callLater(1, () => cancelled.cancel('why'))
      const outcomes = Promise.allSettled([fine, failed, cancelled])
      void outcomes.then(() => loop.stop())
      await run(loop)
      const [first, second, third] = await outcomes
      expect(first).toEqual({ status: 'fulfilled', value: 1 })
      expect(second).toMatchObject({ status: 'rejected', reason: error })
      expect(third).toMatchObject({ status: 'rejected', reason: new CancelledError('why') })
    })

    it('works as with any promise: then, race, await of one that is done', async () => {
      const loop = make()
      const done = loop.createFuture<number>()
      done.setResult(2)
      const never = loop.createFuture<number>()
      const body = async (): Promise<unknown[]> => {
        const results: unknown[] = [
          await done,
          await done.then((value) => value * 2),
          await Promise.race([never, done]),
          await done.then(null, () => 'not called'),
        ]
        loop.stop()
        return results
      }
      const results = body()
      await run(loop)
      expect(await results).toEqual([2, 4, 2, 2])
    })

    it('goes on in the place of the order where a done callback would', async () => {
      const loop = make()
      const future = loop.createFuture()
      const log: string[] = []
      future.addDoneCallback(() => log.push('a'))
      void future.then(() => log.push('b'))
      future.addDoneCallback(() => log.push('c'))
      void future.then(() => log.push('d'))
      future.addDoneCallback(() => log.push('e'))
      await runSteps(loop, [
        () => future.setResult(undefined),
        () => loop.callSoon(() => log.push('next turn')),
        () => undefined,
      ])
      expect(log).toEqual(['a', 'b', 'c', 'd', 'e', 'next turn'])
    })

    it('goes on before Node’s loop does', async () => {
      const loop = make()
      const log: string[] = []
      const future = loop.createFuture()
      const body = async (): Promise<void> => {
        await future
        log.push('awaited')
        await Promise.resolve()
        log.push('and its microtasks')
        process.nextTick(() => log.push('and its ticks'))
      }
      const ended = body()
      await runSteps(loop, [
        () => future.setResult(undefined),
        () => loop.callSoon(() => log.push('next turn')),
        () => undefined,
      ])
      await ended
      expect(log).toEqual(['awaited', 'and its microtasks', 'and its ticks', 'next turn'])
    })

    it('runs outside of the turn: its loop is not the running one', async () => {
      const loop = make()
      const future = loop.createFuture()
      const other = make()
      const body = async (): Promise<boolean> => {
        await future
        // A loop that was running here would refuse.
        return other.isRunning()
      }
      const result = body()
      await runSteps(loop, [() => future.setResult(undefined), () => undefined])
      expect(await result).toBe(false)
    })
  })
}
