import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { describe, expect, it } from 'vitest'

import { trials } from '../faults/trials.js'

const blocks = process.env['TSYNCIO_LONG'] === 'bounded' ? 10 : 100
const seedsInBlock = 100

/** Gives what failed, by its seed. */
async function failuresFrom(
  first: number,
  trial: (seed: number) => Promise<string[]>,
): Promise<string[]> {
  const failures: string[] = []
  for (let seed = first; seed < first + seedsInBlock; seed++) {
    try {
      await trial(seed)
    } catch (error) {
      failures.push(`seed ${seed}: ${String(error)}`)
    }
  }
  return failures
}

describe.each(trials)('$what on system calls that fail', ({ count, trial }) => {
  leakCheck()

  for (let block = 0; block < blocks; block++) {
    const first = count + 1 + block * seedsInBlock
    it(`survive the seeds from ${first} on`, { timeout: 600_000 }, async () => {
      expect(await failuresFrom(first, trial)).toEqual([])
    })
  }
})
