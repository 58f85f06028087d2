import { describe, expect, it, vi } from 'vitest'

import type { LoopBench } from './loop-bench.js'

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

/** EV19: debug mode. */
export function describeDebug({ make, runSteps, leaks }: LoopBench): void {
  describe('debug mode', () => {
    it('is asked for by an option, by setDebug or by TSYNCIO_DEBUG', () => {
      expect(make().getDebug()).toBe(false)
      expect(make({ debug: true }).getDebug()).toBe(true)
      const loop = make()
      loop.setDebug(true)
      expect(loop.getDebug()).toBe(true)
      expect(String(loop)).toMatch(/debug>$/)
      for (const [value, expected] of [
        ['1', true],
        ['0', false],
        ['', false],
      ] as const) {
        vi.stubEnv('TSYNCIO_DEBUG', value)
        expect(make().getDebug()).toBe(expected)
      }
      vi.unstubAllEnvs()
    })

    it('reports callbacks that hold up the loop', async () => {
      const loop = make({ debug: true })
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
      expect(loop.slowCallbackDuration).toBe(100)
      loop.slowCallbackDuration = 5
      loop.callSoon(function quick() {})
      loop.callSoon(function slow() {
        spin(6)
      })
      await runSteps(loop, [])
      const warnings = warn.mock.calls.map(String).filter((text) => text.includes('slow()'))
      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toMatch(/^Executing <Handle slow\(\).* took \d+\.\d milliseconds$/)
    })

    it('says where handles and futures were made', () => {
      const loop = make({ debug: true })
      for (const { source } of [
        loop.callSoon(() => undefined),
        loop.callLater(1, () => undefined),
        loop.createFuture(),
      ]) {
        expect(source).toMatch(/testing/)
      }
      expect(String(loop.createFuture())).toMatch(/<Future pending created at .*testing/)
      const plain = make({ debug: false })
      expect(plain.callSoon(() => undefined).source).toBeUndefined()
    })

    it('refuses a coroutine function as a callback', () => {
      const loop = make({ debug: true })
      async function later(): Promise<void> {}
      function* steps(): Generator {}
      for (const wrong of [later, steps]) {
        expect(() => loop.callSoon(wrong)).toThrow(TypeError)
        expect(() => loop.callLater(1, wrong)).toThrow('coroutine function')
      }
      expect(() => make({ debug: false }).callSoon(later)).not.toThrow()
    })

    it('reports a failure that nobody looks at after a turn', async () => {
      const loop = make({ debug: true })
      const error = new Error('unseen')
      const turns: number[] = []
      loop.setExceptionHandler((_, context) => {
        expect(context).toMatchObject({
          message: 'Future exception was never retrieved',
          exception: error,
        })
        turns.push(turn)
      })
      let turn = 0
      await runSteps(loop, [
        () => loop.createFuture().setException(error),
        () => turn++,
        () => turn++,
        () => turn++,
      ])
      expect(turns).toHaveLength(1)
      expect(turns[0]).toBeLessThanOrEqual(2)
      loop.close()
      expect(turns).toHaveLength(1)
    })

    it('says nothing of a failure that somebody waits for', async () => {
      const loop = make({ debug: true })
      const future = loop.createFuture()
      const errors: unknown[] = []
      future.addDoneCallback((done) => errors.push(done.exception()))
      await runSteps(loop, [() => future.setException('seen'), () => undefined, () => undefined])
      expect(errors).toEqual(['seen'])
      expect(leaks.takeReports()).toEqual([])
    })
  })
}
