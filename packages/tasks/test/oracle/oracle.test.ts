import { beforeAll, describe, expect, it } from 'vitest'

import { compare, report, shrinkDifference, type Difference } from './compare.js'
import { Coverage } from './coverage.js'
import { loadCPython, type CPython } from './cpython.js'
import type { Program, Trace } from './program.js'
import { randomProgram } from './random-program.js'
import { scenarios } from './scenarios.js'

// FU1..FU6, TK1..TK18, TO1..TO5, TG1..TG8, LK1..LK5 and QU1..QU4: CPython says what is
// right. `npm run fuzz` does the same with any number of programs.
const programs = Array.from({ length: 2_000 }, (_, seed) => randomProgram(seed))
const minutes = 60_000

describe('CPython', () => {
  let python: CPython
  let traces: Trace[]

  beforeAll(async () => {
    python = await loadCPython()
    traces = python.traces(programs)
  }, 2 * minutes)

  async function requireEqual(program: Program, theirs: Trace): Promise<void> {
    const difference: Difference | undefined = await compare(program, theirs)
    if (difference !== undefined) expect.fail(report(await shrinkDifference(difference, python)))
  }

  it('is of the version that the deviations are named for', () => {
    expect(python.version).toBe('3.14.2')
  })

  it(
    'gives the same traces wherever in memory its tasks are',
    () => {
      for (const allocations of [1, 29])
        expect(python.traces(programs, allocations)).toEqual(traces)
    },
    2 * minutes,
  )

  it('has each operation end in each of its ways', () => {
    const coverage = new Coverage()
    for (const trace of traces) coverage.add(trace)
    expect(coverage.missing()).toEqual([])
    expect(coverage.impossible()).toEqual([])
    expect(coverage.events / coverage.programs).toBeGreaterThan(30)
  })

  for (const [name, program] of Object.entries(scenarios)) {
    it(`gives the same trace as ours of ${name}`, async () => {
      const [theirs] = python.traces([program])
      expect(theirs).not.toEqual([])
      await requireEqual(program, theirs!)
    })
  }

  it(
    'gives the same traces as ours of programs made at random',
    async () => {
      expect(traces).toHaveLength(programs.length)
      for (const [i, program] of programs.entries()) await requireEqual(program, traces[i]!)
    },
    3 * minutes,
  )
})
