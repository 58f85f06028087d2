import { UnsupportedError, unsupportedReason } from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

import type { LoopBench } from './loop-bench.js'

/** What a loop without a selector says. */
export function describeWithoutFds({ make, runSteps }: LoopBench): void {
  describe('a loop that cannot watch fds', () => {
    it('says why', async () => {
      const loop = make()
      for (const method of ['addReader', 'addWriter'] as const) {
        expect(() => loop[method](0, () => undefined)).toThrow(UnsupportedError)
        expect(() => loop[method](0, () => undefined)).toThrow(unsupportedReason ?? 'native part')
      }
      expect(loop.removeReader(0)).toBe(false)
      expect([loop.core.fds.size, loop.core.refs]).toEqual([0, 0])
      await runSteps(loop, [])
    })
  })
}
