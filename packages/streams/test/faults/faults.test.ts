import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { describe, expect, it } from 'vitest'

import { trials } from './trials.js'

describe('on system calls that fail', () => {
  leakCheck()
  const seen = new Set<string>()

  describe.each(trials)('$what', ({ count, trial }) => {
    const seeds = Array.from({ length: count }, (_, i) => i + 1)

    it.each(seeds)('lose nothing, leave nothing and come to their end, seed %i', async (seed) => {
      expect.hasAssertions()
      for (const fault of await trial(seed)) seen.add(fault)
    })
  })

  it('there were faults of every call', () => {
    const calls = new Set([...seen].map((fault) => fault.split(' ')[0]))
    expect([...calls].sort()).toEqual(
      expect.arrayContaining([
        'accept4',
        'close',
        'connect',
        'dup',
        'epollCtl',
        'read',
        'recvfrom',
        'recvmsg',
        'send',
        'sendfile',
        'sendmsg',
        'sendto',
        'write',
        'writev',
      ]),
    )
  })
})
