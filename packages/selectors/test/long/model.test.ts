import { describe, expect, it } from 'vitest'
import { compareRandomSequences } from '../model/random-sequences.js'

const RUNS = 10_000

describe('the backends', () => {
  it('do what their models do, over sequences that are new in each run', () => {
    expect(compareRandomSequences(Date.now() >>> 0, RUNS)).toBe(RUNS)
  }, 600_000)
})
