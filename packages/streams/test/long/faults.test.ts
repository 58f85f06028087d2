import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { describe, expect, it } from 'vitest'

import { survives } from '../faults/survives.js'

const blocks = process.env['TSYNCIO_LONG'] === 'bounded' ? 10 : 100
const seedsInBlock = 100

/** Gives what failed, by its seed. */
async function failuresFrom(first: number): Promise<string[]> {
  const failures: string[] = []
  for (let seed = first; seed < first + seedsInBlock; seed++) {
    try {
      await survives(seed)
    } catch (error) {
      failures.push(`seed ${seed}: ${String(error)}`)
    }
  }
  return failures
}

describe('streams on system calls that fail', () => {
  leakCheck()

  for (let block = 0; block < blocks; block++) {
    const first = 1000 + block * seedsInBlock
    it(`survive the seeds from ${first} on`, { timeout: 600_000 }, async () => {
      expect(await failuresFrom(first)).toEqual([])
    })
  }
})
