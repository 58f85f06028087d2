import { describe, expect, it } from 'vitest'

import { start } from '../start.js'

const count = process.env['TSYNCIO_LONG'] === 'bounded' ? 30_000 : 100_000

// What a heap is off by between two looks at it. Twenty bytes for each wait would be more.
const noise = 500_000

describe.each(['generator', 'async'])(`${count} cancelled waits of %s bodies`, (spelling) => {
  for (const kind of ['sleep', 'future', 'task', 'timeout', 'signal']) {
    it(`leave nothing behind: ${kind}`, { timeout: 180_000 }, async () => {
      const { exit, out, err } = start(
        'cancelled',
        [kind, spelling, String(count)],
        ['--expose-gc'],
      )
      expect(await exit).toEqual([0, null])
      expect(await err).toBe('')
      const { bytes, ...left } = JSON.parse(await out) as Record<string, number>
      expect(left).toEqual({ signals: 0, listeners: 0, timers: 0 })
      expect(bytes).toBeLessThan(noise)
    })
  }
})
