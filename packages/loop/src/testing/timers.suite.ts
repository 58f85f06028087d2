import { describe, expect, it } from 'vitest'

import type { LoopBench } from './loop-bench.js'

/** EV10, EV11, EV13: timers and time. */
export function describeTimers({ make, run, runSteps }: LoopBench): void {
  describe('timers', () => {
    it('fire in the order of their deadlines', async () => {
      const loop = make()
      const log: number[] = []
      const now = loop.time()
      for (const delay of [4, 1, 3, 0, 2]) loop.callAt(now + delay, (n) => log.push(n), delay)
      loop.callAt(now + 5, () => loop.stop())
      await run(loop)
      expect(log).toEqual([0, 1, 2, 3, 4])
    })

    it('with equal deadlines fire in the order in which they were made', async () => {
      const loop = make()
      const when = loop.time() + 3
      const log: number[] = []
      for (let i = 0; i < 300; i++) {
        loop.callAt(when, (n) => log.push(n), i)
        loop.callAt(when - (i % 7) / 10, () => undefined)
      }
      loop.callAt(when, () => loop.stop())
      await run(loop)
      expect(log).toEqual(Array.from({ length: 300 }, (_, i) => i))
    })

    it('keep that order when others among them are cancelled', async () => {
      const loop = make()
      const when = loop.time() + 2
      const log: number[] = []
      const timers = Array.from({ length: 400 }, (_, i) => loop.callAt(when, () => log.push(i)))
      for (const [i, timer] of timers.entries()) if (i % 3 !== 0) timer.cancel()
      loop.callAt(when, () => loop.stop())
      await run(loop)
      expect(log).toEqual(timers.map((_, i) => i).filter((i) => i % 3 === 0))
    })

    it('are never early', async () => {
      const loop = make()
      const early: number[] = []
      let pending = 500
      for (let i = 0; i < 500; i++) {
        const timer = loop.callLater(Math.random() * 20, () => {
          if (loop.time() < timer.when()) early.push(loop.time() - timer.when())
          if (--pending === 0) loop.stop()
        })
      }
      await run(loop)
      expect(early).toEqual([])
    })

    it('without a delay, or with a negative one, fire in the next turn', async () => {
      const loop = make()
      const log: string[] = []
      await runSteps(loop, [
        () => {
          loop.callLater(0, () => log.push('zero'))
          loop.callLater(-1000, () => log.push('negative'))
          loop.callSoon(() => log.push('soon'))
          log.push('turn')
        },
        () => undefined,
      ])
      expect(log).toEqual(['turn', 'soon', 'negative', 'zero'])
    })

    it('fire once', async () => {
      const loop = make()
      let calls = 0
      loop.callLater(1, () => calls++)
      loop.callLater(5, () => loop.stop())
      await run(loop)
      expect(calls).toBe(1)
    })

    it('get their arguments, and know when they are due', async () => {
      const loop = make()
      const when = loop.time() + 1
      const result = await new Promise((resolve, reject) => {
        const timer = loop.callAt(
          when,
          (...args: unknown[]) => {
            resolve([...args, timer.when()])
            loop.stop()
          },
          'a',
          2,
        )
        run(loop).catch(reject)
      })
      expect(result).toEqual(['a', 2, when])
    })

    it('that are cancelled do not fire, nor hold up the loop', async () => {
      const loop = make()
      const log: string[] = []
      const timers = [
        loop.callLater(0, () => log.push('no')),
        loop.callLater(1, () => log.push('no')),
      ]
      for (const timer of timers) timer.cancel()
      expect(loop.core.refs).toBe(0)
      loop.callLater(4, () => loop.stop())
      await run(loop)
      expect(log).toEqual([])
    })

    it('can be cancelled in the turn in which they are due', async () => {
      const loop = make()
      const when = loop.time() + 1
      const log: string[] = []
      loop.callAt(when, () => {
        log.push('first')
        second.cancel()
      })
      const second = loop.callAt(when, () => log.push('second'))
      loop.callAt(when, () => loop.stop())
      await run(loop)
      expect(log).toEqual(['first'])
      expect(loop.core.refs).toBe(0)
    })

    it('may be due never', async () => {
      const loop = make()
      const timer = loop.callLater(Infinity, () => undefined)
      await runSteps(loop, [() => undefined])
      expect(timer.when()).toBe(Infinity)
      timer.cancel()
      expect(loop.core.refs).toBe(0)
    })

    it('count once each while they wait, whatever is done to them', async () => {
      const loop = make()
      const timers = Array.from({ length: 4 }, () => loop.callLater(1, () => undefined))
      timers[0]!.unref().unref()
      timers[1]!.unref().ref().ref()
      timers[2]!.cancel()
      timers[2]!.unref()
      timers[2]!.ref()
      expect(timers.map((timer) => timer.hasRef())).toEqual([false, true, true, true])
      expect(loop.core.refs).toBe(2)
      loop.callLater(2, () => loop.stop())
      await run(loop)
      for (const timer of timers) timer.unref().ref()
      for (const timer of timers) timer.cancel()
      expect(loop.core.refs).toBe(0)
    })

    it('that were cancelled do not stay, however late they are due', async () => {
      const loop = make()
      const kept = Array.from({ length: 10 }, () => loop.callLater(3_600_000, () => undefined))
      await runSteps(loop, [
        () => {
          for (let i = 0; i < 100_000; i++) loop.callLater(3_600_000, () => undefined).cancel()
        },
        () => undefined,
      ])
      expect(loop.core.timers.length).toBeLessThanOrEqual(100)
      expect(kept.some((timer) => timer.cancelled())).toBe(false)
      expect(loop.core.refs).toBe(10)
    })

    it('refuse what is not a time', () => {
      const loop = make()
      const callback = (): void => undefined
      for (const wrong of [undefined, null, '1', {}, 1n]) {
        expect(() => loop.callLater(wrong as never, callback)).toThrow(TypeError)
        expect(() => loop.callAt(wrong as never, callback)).toThrow(TypeError)
      }
      expect(() => loop.callLater(NaN, callback)).toThrow(RangeError)
      expect(() => loop.callAt(NaN, callback)).toThrow(RangeError)
      expect(() => loop.callLater(1, undefined as never)).toThrow(TypeError)
      expect(loop.core.refs).toBe(0)
    })
  })

  describe('time()', () => {
    it('is milliseconds, and never goes back', async () => {
      const loop = make()
      const started = [performance.now(), loop.time(), performance.now()] as const
      const times: number[] = []
      await runSteps(
        loop,
        Array.from({ length: 100 }, () => () => times.push(loop.time())),
      )
      expect(times).toEqual([...times].sort((a, b) => a - b))
      const ended = [performance.now(), loop.time(), performance.now()] as const
      const elapsed = ended[1] - started[1]
      expect(elapsed).toBeGreaterThan(ended[0] - started[2] - 1)
      expect(elapsed).toBeLessThan(ended[2] - started[0] + 1)
    })
  })
}
