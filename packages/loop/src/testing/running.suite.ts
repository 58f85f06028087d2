import { describe, expect, it } from 'vitest'

import { CancelledError } from '../cancelled-error.js'
import { type EventLoop } from '../event-loop.js'
import { Future } from '../future.js'
import { InvalidStateError } from '../invalid-state-error.js'
import { getRunningLoop } from '../running-loop.js'
import type { LoopBench } from './loop-bench.js'

/** EV3-EV6: runs, stop and close. */
export function describeRunning({ make, run, complete, runSteps }: LoopBench): void {
  describe('a run', () => {
    it('lasts until stop()', async () => {
      const loop = make()
      expect(loop.isRunning()).toBe(false)
      loop.callLater(2, () => {
        expect(loop.isRunning()).toBe(true)
        expect(String(loop)).toMatch(/^<EventLoop running/)
        loop.stop()
      })
      await run(loop)
      expect(loop.isRunning()).toBe(false)
      expect(String(loop)).toMatch(/^<EventLoop idle/)
    })

    it('makes its loop the running one in callbacks, and only there', async () => {
      const loop = make()
      let running: unknown
      await runSteps(loop, [() => (running = getRunningLoop())])
      expect(running).toBe(loop)
      expect(() => getRunningLoop()).toThrow('No loop is running here')
    })

    it('is refused on a closed loop', async () => {
      const loop = make()
      loop.close()
      await expect(run(loop)).rejects.toThrow(InvalidStateError)
      await expect(complete(loop, loop.createFuture())).rejects.toThrow('closed')
    })

    it('is refused on a loop that runs, and does it no harm', async () => {
      const loop = make()
      let refusal: unknown
      await runSteps(loop, [
        () => (refusal = loop.runForever().catch((error: unknown) => error)),
        () => expect(() => loop.runForeverBlocking()).toThrow(/running|native/),
      ])
      expect(String(await refusal)).toContain('running already')
    })

    it('is refused for the future of another loop', async () => {
      const loop = make()
      const future = make().createFuture()
      await expect(complete(loop, future)).rejects.toThrow(TypeError)
      expect(loop.isRunning()).toBe(false)
    })

    it('can be had again and again', async () => {
      const loop = make()
      const results: number[] = []
      for (let i = 0; i < 5; i++) {
        const future = loop.createFuture<number>()
        loop.callLater(0.1, () => future.setResult(i))
        results.push(await complete(loop, future))
        await runSteps(loop, [() => results.push(-i)])
      }
      expect(results).toEqual([0, -0, 1, -1, 2, -2, 3, -3, 4, -4])
    })
  })

  describe('a run until a future is done', () => {
    it('gives its result', async () => {
      const loop = make()
      const future = loop.createFuture<string>()
      loop.callSoon(() => future.setResult('done'))
      expect(await complete(loop, future)).toBe('done')
    })

    it('throws what the future failed with, the very same object', async () => {
      const loop = make()
      const future = loop.createFuture()
      const error = new Error('mine')
      loop.callLater(1, () => future.setException(error))
      await expect(complete(loop, future)).rejects.toBe(error)
    })

    it('throws a CancelledError for a cancelled future', async () => {
      const loop = make()
      const future = loop.createFuture()
      loop.callSoon(() => future.cancel('enough'))
      await expect(complete(loop, future)).rejects.toThrow(CancelledError)
    })

    it('takes one turn for a future that is done already', async () => {
      const loop = make()
      const log: string[] = []
      const future = loop.createFuture<number>()
      future.setResult(1)
      loop.callSoon(() => {
        log.push('this turn')
        loop.callSoon(() => log.push('next turn'))
      })
      expect(await complete(loop, future)).toBe(1)
      expect(log).toEqual(['this turn'])
    })

    it('leaves what is queued behind it to the next run', async () => {
      const loop = make()
      const log: string[] = []
      const future = loop.createFuture()
      loop.callSoon(() => {
        future.setResult(undefined)
        loop.callSoon(() => {
          log.push('same turn as the end')
          loop.callSoon(() => log.push('after the end'))
        })
      })
      loop.callLater(60_000, () => log.push('never'))
      await complete(loop, future)
      expect(log).toEqual(['same turn as the end'])
      await runSteps(loop, [])
      expect(log).toEqual(['same turn as the end', 'after the end'])
    })

    it('says so when stop() came first, and is then forgotten', async () => {
      const loop = make()
      const future = loop.createFuture()
      loop.callSoon(() => loop.stop())
      await expect(complete(loop, future)).rejects.toThrow(
        'stopped before <Future pending> was done',
      )
      const log: string[] = []
      await runSteps(loop, [
        () => future.setResult(undefined),
        () => log.push('first'),
        () => log.push('second'),
      ])
      expect(log).toEqual(['first', 'second'])
    })
  })

  describe('stop()', () => {
    it('lets what is ready run, and keeps what that schedules', async () => {
      const loop = make()
      const log: string[] = []
      loop.callSoon(() => {
        log.push('a')
        loop.stop()
        loop.callSoon(() => log.push('c'))
      })
      loop.callSoon(() => {
        log.push('b')
        loop.callSoon(() => log.push('d'))
      })
      await run(loop)
      expect(log).toEqual(['a', 'b'])
      await runSteps(loop, [])
      expect(log).toEqual(['a', 'b', 'c', 'd'])
    })

    it('before a run makes that take exactly one turn, which waits for nothing', async () => {
      const loop = make()
      const log: string[] = []
      loop.callLater(60_000, () => log.push('timer'))
      loop.callSoon(() => {
        log.push('a')
        loop.callSoon(() => log.push('b'))
      })
      loop.stop()
      await run(loop)
      expect(log).toEqual(['a'])
    })

    it('twice ends one run', async () => {
      const loop = make()
      let turns = 0
      loop.callSoon(() => {
        loop.stop()
        loop.stop()
      })
      await run(loop)
      await runSteps(loop, [() => turns++, () => turns++])
      expect(turns).toBe(2)
    })

    it('ends a run from a timer', async () => {
      const loop = make()
      const started = loop.time()
      loop.callLater(3, () => loop.stop())
      await run(loop)
      expect(loop.time() - started).toBeGreaterThanOrEqual(3)
    })
  })

  describe('close()', () => {
    it('is refused while the loop runs', async () => {
      const loop = make()
      await runSteps(loop, [() => expect(() => loop.close()).toThrow('stop it before')])
      expect(loop.isClosed()).toBe(false)
    })

    it('can be called twice', () => {
      const loop = make()
      loop.close()
      loop.close()
      expect(loop.isClosed()).toBe(true)
      expect(String(loop)).toMatch(/^<EventLoop closed/)
    })

    it('ends a using block', () => {
      const outside = ((): EventLoop => {
        using loop = make()
        return loop
      })()
      expect(outside.isClosed()).toBe(true)
    })

    it('refuses new work', () => {
      const loop = make()
      loop.close()
      const callback = (): void => undefined
      expect(() => loop.callSoon(callback)).toThrow(InvalidStateError)
      expect(() => loop.callLater(1, callback)).toThrow(InvalidStateError)
      expect(() => loop.callAt(1, callback)).toThrow(InvalidStateError)
      expect(() => loop.addReader(0, callback)).toThrow(InvalidStateError)
      expect(() => loop.addWriter(1, callback)).toThrow(InvalidStateError)
      expect(() => loop.addSignalHandler('SIGUSR1', callback)).toThrow(InvalidStateError)
      expect(() => loop.handleRemote('name', callback)).toThrow(InvalidStateError)
      expect(() => loop.remote()).toThrow(InvalidStateError)
      expect(loop.removeReader(0)).toBe(false)
      expect(loop.removeWriter(1)).toBe(false)
    })

    it('drops what was scheduled, and counts nothing any more', () => {
      const loop = make()
      const timers = [loop.callLater(0, () => undefined), loop.callLater(1e9, () => undefined)]
      loop.callSoon(() => undefined)
      loop.close()
      expect(timers.map((timer) => timer.cancelled())).toEqual([true, true])
      expect(loop.core.refs).toBe(0)
      expect(loop.core.hasWork).toBe(false)
    })

    it('leaves futures usable that are done', async () => {
      const loop = make()
      const future = new Future<number>({ loop })
      future.setResult(7)
      loop.close()
      expect(future.result()).toBe(7)
      expect(await future).toBe(7)
      expect(() => future.addDoneCallback(() => undefined)).toThrow('The loop is closed')
    })
  })
}
