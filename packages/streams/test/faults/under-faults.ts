import { getRunningLoop } from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import { SeededRandom } from '@tsyncio/streams/testing/vitest'
import { OSError } from '@tsyncio/syscalls'
import { run, runBlocking, sleep, timeout, type Work } from '@tsyncio/tasks'
import { asyncFunctions, generators, type Spelling } from '@tsyncio/tasks/testing/vitest'
import { expect } from 'vitest'

import { FaultyCalls } from './faulty-calls.js'

const hang = 60_000

type Drive = (main: Work, clock: VirtualClock) => Promise<unknown>

const drives: [Spelling, Drive][] = [
  [generators, (main, clock) => run(main, { clock })],
  [asyncFunctions, (main, clock) => run(main, { clock })],
  [generators, async (main, clock) => runBlocking(main, { clock })],
]

/** What is tried while system calls fail. */
export type Trial = (spelling: Spelling, random: SeededRandom) => Generator<unknown, void, unknown>

// Virtual: the second for which a server without fds looks away is none. The real time in
// which nothing must have happened is for a busy kernel.
const usualPatience = 300

/**
 * One trial under random faults; the same for the same seed. It may throw an OSError, but
 * must come to its end, leave no fd open or watched, and have nothing else to report. Gives
 * the faults that there were.
 */
export async function underFaults(
  seed: number,
  trial: Trial,
  patience = usualPatience,
): Promise<string[]> {
  const random = new SeededRandom(seed)
  const rates = {
    fatal: random.pick([0, 0, 0.001, 0.005, 0.02, 0.1]),
    passing: random.pick([0, 0.05, 0.3, 0.7]),
  }
  const [spelling, drive] = random.pick(drives)
  const { body, wait } = spelling
  const faults: string[] = []
  const main = body(function* () {
    const reports: unknown[] = []
    getRunningLoop().setExceptionHandler((_loop, { exception }) => void reports.push(exception))
    const watched = getRunningLoop().core.fds.size
    using calls = new FaultyCalls(random, rates)
    try {
      yield* trial(spelling, random)
    } catch (error) {
      if (!(error instanceof OSError)) throw error
    }
    for (let turns = 0; calls.open.size > 0 && turns < 10; turns++) yield* wait(sleep(0))
    expect([...calls.open], 'fds that are open').toEqual([])
    expect(getRunningLoop().core.fds.size, 'fds that are watched').toBe(watched)
    expect(reports.filter((report) => !(report instanceof OSError))).toEqual([])
    faults.push(...calls.faults)
  })
  await drive(() => timeout(hang, main), new VirtualClock(0, { patience }))
  return faults
}
