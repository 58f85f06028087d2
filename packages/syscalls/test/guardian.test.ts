import { statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { guardianFile } from '@tsyncio/syscalls'

import { feedGuardian } from './feed-guardian.js'
import { expectNoLeaks } from './no-leaks.js'

expectNoLeaks()

describe('the guardian', () => {
  it('is small: each tree has one', () => {
    expect(statSync(guardianFile()).size).toBeLessThan(80_000)
  })

  it('ends well, whatever it is told', { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= 60; seed++) feedGuardian(guardianFile(), seed)
  })
})
