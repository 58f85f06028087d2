import { describe, expect, it } from 'vitest'

import type { LoopBench } from './loop-bench.js'

/** EV7, EV8, EV12: callSoon, handles, and what one turn runs. */
export function describeCallbacks({ make, run, runSteps }: LoopBench): void {
  describe('callSoon()', () => {
    it('calls in order, once each, with the arguments given', async () => {
      const loop = make()
      const log: unknown[][] = []
      const note = (...args: unknown[]): void => void log.push(args)
      loop.callSoon(note)
      loop.callSoon(note, 1)
      loop.callSoon(note, 'two', { three: 3 })
      await runSteps(loop, [() => undefined, () => undefined])
      expect(log).toEqual([[], [1], ['two', { three: 3 }]])
    })

    it('calls ten thousand in order', async () => {
      const loop = make()
      const log: number[] = []
      for (let i = 0; i < 10_000; i++) loop.callSoon(() => log.push(i))
      await runSteps(loop, [])
      expect(log).toEqual(Array.from({ length: 10_000 }, (_, i) => i))
    })

    it('leaves what a callback schedules to the next turn', async () => {
      const loop = make()
      const log: string[] = []
      const spawn = (name: string): void => {
        log.push(name)
        loop.callSoon(() => log.push(name + name))
      }
      loop.callSoon(spawn, 'a')
      loop.callSoon(spawn, 'b')
      await runSteps(loop, [() => log.push('|'), () => log.push('|')])
      expect(log).toEqual(['a', 'b', '|', 'aa', 'bb', '|'])
    })

    it('does not let a chain of callbacks hold up a timer', async () => {
      const loop = make()
      let links = 0
      const chain = (): void => {
        links++
        if (!isOver) loop.callSoon(chain)
      }
      let isOver = false
      loop.callSoon(chain)
      loop.callLater(20, () => {
        isOver = true
        loop.stop()
      })
      await run(loop)
      expect(links).toBeGreaterThan(1)
    })

    it('refuses what is not a function', () => {
      const loop = make()
      for (const wrong of [undefined, null, 1, 'callback', {}]) {
        expect(() => loop.callSoon(wrong as never)).toThrow(TypeError)
      }
    })
  })

  describe('a handle', () => {
    it('that is cancelled is not called', async () => {
      const loop = make()
      let calls = 0
      const handle = loop.callSoon(() => calls++)
      expect(handle.cancelled()).toBe(false)
      handle.cancel()
      handle.cancel()
      expect(handle.cancelled()).toBe(true)
      await runSteps(loop, [])
      expect(calls).toBe(0)
    })

    it('can be cancelled by one that runs before it in the same turn', async () => {
      const loop = make()
      const log: string[] = []
      loop.callSoon(() => {
        log.push('first')
        second.cancel()
      })
      const second = loop.callSoon(() => log.push('second'))
      await runSteps(loop, [])
      expect(log).toEqual(['first'])
    })

    it('names its callback', () => {
      const loop = make()
      const handle = loop.callSoon(function reload() {})
      expect(String(handle)).toMatch(/^<Handle reload\(\)/)
      handle.cancel()
      expect(String(handle)).toBe('<Handle cancelled>')
    })
  })
}
