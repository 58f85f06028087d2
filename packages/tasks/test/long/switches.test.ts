import { describe, expect, it } from 'vitest'

import { start } from '../start.js'

const millions = process.env['TSYNCIO_LONG'] === 'bounded' ? 1 : 10

// What a heap is off by between two looks at it: half a byte for each switch would be more,
// in the short form too.
const noise = 400_000

describe.each(['generator', 'async'])(`${millions} million switches of %s bodies`, (spelling) => {
  for (const kind of ['sleep', 'future', 'signal', 'lock', 'queue', 'channel']) {
    it(`leave nothing behind: ${kind}`, { timeout: 600_000 }, async () => {
      const { exit, out, err } = start(
        'switches',
        [kind, spelling, String(millions * 1_000_000)],
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
