import { EventLoop } from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { ScriptedSelector } from '@tsyncio/selectors/testing'
import { describe, expect, it } from 'vitest'

function random(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** Sets 10,000 timers and gives what fired: in which order, how early. */
function setTimers(
  loop: EventLoop,
  most: number,
): { fired: number[]; early: number; when: number[] } {
  const next = random(42)
  const result = { fired: [] as number[], early: 0, when: [] as number[] }
  for (let i = 0; i < 10_000; i++) {
    // A third of them share their deadlines with others.
    const delay = i % 3 === 0 ? Math.floor(next() * most) : next() * most
    const timer = loop.callLater(delay, () => {
      if (loop.time() < timer.when()) result.early++
      result.fired.push(i)
      if (result.fired.length === 10_000) loop.stop()
    })
    result.when.push(timer.when())
  }
  return result
}

function expectedOrder(when: readonly number[]): number[] {
  return when.map((_, i) => i).sort((a, b) => when[a]! - when[b]! || a - b)
}

describe('ten thousand timers', () => {
  leakCheck()

  it('are never early and in order, in real time', async () => {
    using loop = new EventLoop()
    const { fired, when, ...result } = setTimers(loop, 1500)
    await loop.runForever()
    expect(result.early).toBe(0)
    expect(fired).toEqual(expectedOrder(when))
  })

  it('are never early and in order, in a loop that owns the thread', () => {
    using loop = new EventLoop()
    const { fired, when, ...result } = setTimers(loop, 1000)
    loop.runForeverBlocking()
    expect(result.early).toBe(0)
    expect(fired).toEqual(expectedOrder(when))
  })

  it('are never early and in order, in virtual time', async () => {
    using loop = new EventLoop({ clock: new VirtualClock() })
    const started = performance.now()
    const { fired, when, ...result } = setTimers(loop, 3_600_000)
    await loop.runForever()
    expect(result.early).toBe(0)
    expect(fired).toEqual(expectedOrder(when))
    expect(loop.time()).toBe(Math.max(...when))
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('a timer', () => {
  leakCheck()

  it.each(['hosted', 'blocking'])(
    'honours fractions of a millisecond in a %s loop',
    async (way) => {
      using loop = new EventLoop()
      const taken: number[] = []
      const next = (started: number): void => {
        taken.push(loop.time() - started)
        if (taken.length === 100) loop.stop()
        else loop.callLater(0.2, next, loop.time())
      }
      loop.callLater(0.2, next, loop.time())
      if (way === 'blocking') loop.runForeverBlocking()
      else await loop.runForever()
      expect(Math.min(...taken)).toBeGreaterThanOrEqual(0.2)
      expect(Math.min(...taken)).toBeLessThan(0.9)
    },
  )
})

describe('virtual time', () => {
  leakCheck()

  it('stands still while something is ready, and jumps to the next deadline', async () => {
    using loop = new EventLoop({ clock: new VirtualClock(1000) })
    const times: number[] = []
    const chain = (left: number): void => {
      times.push(loop.time())
      if (left > 0) loop.callSoon(chain, left - 1)
    }
    loop.callLater(500, chain, 2)
    loop.callLater(86_400_000, () => loop.stop())
    await loop.runForever()
    expect(times).toEqual([1500, 1500, 1500])
    expect(loop.time()).toBe(86_401_000)
  })

  it('goes forward by hand, and never back', () => {
    const clock = new VirtualClock()
    clock.advance(2.5)
    clock.advance(0)
    expect(clock.now()).toBe(2.5)
    for (const wrong of [-1, NaN]) expect(() => clock.advance(wrong)).toThrow(RangeError)
    expect(clock.now()).toBe(2.5)
  })

  it('works in a loop that owns the thread, with a selector that waits by the clock', () => {
    const clock = new VirtualClock()
    const selector = new ScriptedSelector({ onIdle: (timeout) => clock.advance(timeout ?? 0) })
    using loop = new EventLoop({ clock, selector })
    const future = loop.createFuture<number>()
    loop.callLater(3_600_000, () => future.setResult(loop.time()))
    expect(loop.runUntilCompleteBlocking(future)).toBe(3_600_000)
  })
})
