import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { describe, expect, it } from 'vitest'

import { survives } from './survives.js'

const seeds = Array.from({ length: 300 }, (_, i) => i + 1)

describe('streams on system calls that fail', () => {
  leakCheck()
  const seen = new Set<string>()

  it.each(seeds)('lose no byte, leave nothing and come to their end, seed %i', async (seed) => {
    expect.hasAssertions()
    for (const fault of await survives(seed)) seen.add(fault)
  })

  it('were faults of every call', () => {
    const calls = new Set([...seen].map((fault) => fault.split(' ')[0]))
    expect([...calls].sort()).toEqual(
      expect.arrayContaining([
        'accept4',
        'close',
        'connect',
        'epollCtl',
        'read',
        'write',
        'writev',
      ]),
    )
  })
})
