import { describe, expect, it } from 'vitest'

import { runFuzz } from './run-fuzz.js'

describe('every function, with random arguments', () => {
  it('gives a number or a TypeError or RangeError, and never a crash', () => {
    const { calls, values, refused, wrong } = runFuzz({ calls: 20_000, seed: 1 })
    expect({ calls, wrong }).toEqual({ calls: 20_000, wrong: [] })
    // Neither only nonsense nor only sense.
    expect(values).toBeGreaterThan(1000)
    expect(refused).toBeGreaterThan(1000)
  }, 60_000)
})
