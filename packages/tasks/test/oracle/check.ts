import { compare, type Difference } from './compare.js'
import type { Coverage } from './coverage.js'
import type { CPython } from './cpython.js'
import { randomProgram } from './random-program.js'

const batch = 100

/** The programs of these seeds. */
export interface Seeds {
  readonly from: number
  readonly count: number
}

/**
 * Runs the programs of `seeds` on CPython and on ours, in every spelling.
 *
 * @param onBatch told how many have been run.
 * @returns the first difference, if there is one.
 */
export async function check(
  { from, count }: Seeds,
  python: CPython,
  coverage: Coverage,
  onBatch: (done: number) => void,
): Promise<Difference | undefined> {
  for (let done = 0; done < count; done += batch) {
    const programs = Array.from({ length: Math.min(batch, count - done) }, (_, i) =>
      randomProgram(from + done + i),
    )
    const traces = python.traces(programs)
    for (const [i, program] of programs.entries()) {
      coverage.add(traces[i]!)
      const difference = await compare(program, traces[i]!)
      if (difference !== undefined) return difference
    }
    onBatch(done + programs.length)
  }
  return undefined
}
