import { describe, expect, it } from 'vitest'
import { getRunningLoop } from '@tsyncio/loop'
import { errorName, OSError } from '@tsyncio/syscalls'
import { SeededRandom } from '@tsyncio/streams/testing/vitest'
import { gather, sleep, type Gen } from '@tsyncio/tasks'
import { createSubprocessExec, PIPE } from '@tsyncio/subprocess'

import { leakCheck } from '../leak-check.js'
import { onEachDriver } from '../spellings.js'
import { FaultySpawns } from './faulty-spawns.js'

const seeds = Array.from({ length: 60 }, (_, i) => i + 1)
const piped = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const
const seen = new Set<string>()
let started = 0

function* roundTrip(text: string): Gen<void> {
  const process = yield* createSubprocessExec('cat', [], piped)
  try {
    const [stdout] = yield* process.communicate(text)
    expect(String(stdout)).toBe(text)
    expect(process.returncode).toBe(0)
  } finally {
    yield* process.close()
  }
}

onEachDriver('a start on system calls that fail', (runs) => {
  leakCheck()

  it.each(seeds)('works or says why, and leaves nothing, seed %i', async (seed) => {
    expect.hasAssertions()
    const random = new SeededRandom(seed)
    await runs(function* () {
      const { fds } = getRunningLoop().core
      const watched = fds.size
      using calls = new FaultySpawns(random, random.pick([0.02, 0.1, 0.3, 1]))
      const outcomes = yield* gather(
        Array.from({ length: 4 }, (_, i) => roundTrip(`text ${i}`)),
        { returnExceptions: true },
      )
      const codes = new Set(calls.faults.map((fault) => errorName(-Number(fault.split(' ')[1]))))
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') started++
        else {
          expect(outcome.reason).toBeInstanceOf(OSError)
          const { code, syscall } = outcome.reason as OSError
          expect([...codes]).toContain(code)
          expect(['spawn clone', 'pipe2', 'epoll_ctl']).toContain(syscall)
        }
      }
      for (let turn = 0; turn < 3; turn++) yield* sleep(0)
      expect(fds.size, 'fds that are watched').toBe(watched)
      for (const fault of calls.faults) seen.add(fault.split(' ')[0]!)
    })
  })
})

describe('the faults', () => {
  it('were of each kind, and not everything failed', () => {
    expect([...seen].sort()).toEqual(['epollCtl', 'pipe2', 'spawn'])
    expect(started).toBeGreaterThan(20)
  })
})
