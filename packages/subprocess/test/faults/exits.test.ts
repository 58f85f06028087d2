import { describe, expect, it } from 'vitest'
import { getRunningLoop, type ExceptionContext } from '@tsyncio/loop'
import * as e from '@tsyncio/syscalls'
import { SeededRandom } from '@tsyncio/streams/testing/vitest'
import { Runner } from '@tsyncio/tasks'
import { createSubprocessExec, PIPE, type Process } from '@tsyncio/subprocess'

import { leakCheck } from '../leak-check.js'
import { patient } from '../patient.js'
import { onEachDriver } from '../spellings.js'
import { FaultyExits } from './faulty-exits.js'
import { nativeCalls } from './native-calls.js'

const seeds = Array.from({ length: 40 }, (_, i) => i + 1)
const seen = new Set<string>()

onEachDriver('an end on system calls that fail', (runner) => {
  leakCheck()
  const runs = patient(runner)

  it.each(seeds)('comes, or says why not, and leaves nothing, seed %i', async (seed) => {
    expect.hasAssertions()
    const random = new SeededRandom(seed)
    await runs(function* () {
      const loop = getRunningLoop()
      const reports: ExceptionContext[] = []
      loop.setExceptionHandler((_loop, context) => void reports.push(context))
      const process = yield* createSubprocessExec('sleep', ['600'], { stdout: PIPE })
      const faulty = new FaultyExits(random, random.pick([0.2, 0.5, 0.9]))
      try {
        let refusal: unknown
        try {
          process.terminate()
        } catch (error) {
          refusal = error
        }
        if (faulty.count('pidfdSendSignal EPERM') === 0) expect(refusal).toBe(undefined)
        else expect(refusal).toMatchObject({ code: 'EPERM', syscall: 'pidfd_send_signal' })
        yield* process.close()
      } finally {
        faulty[Symbol.dispose]()
      }
      const code = process.returncode
      const strangers = faulty.count('waitid ECHILD') + faulty.count('pidfdSendSignal ESRCH')
      expect(code).toBe(strangers > 0 ? 255 : -e.SIGTERM)
      expect(process.usage === null).toBe(strangers > 0)
      expect(reports.map(({ message }) => message)).toEqual(
        strangers > 0 ? [expect.stringMatching(/^Somebody else reaped process/)] : [],
      )
      for (const fault of faulty.faults) seen.add(fault)
    })
  })
})

describe('a process that may not be killed', () => {
  leakCheck()

  function refusing(): Disposable {
    const { pidfdSendSignal, kill } = nativeCalls
    Object.assign(nativeCalls, { pidfdSendSignal: () => -e.EPERM, kill: () => -e.EPERM })
    return { [Symbol.dispose]: () => void Object.assign(nativeCalls, { pidfdSendSignal, kill }) }
  }

  function bury({ pid }: Process): void {
    e.kill(pid, e.SIGKILL)
    expect(e.waitid(e.P_PID, pid, new Int32Array(3), e.WEXITED)).toBe(0)
  }

  it('is given up by a loop that closes, and that is reported', () => {
    const runner = new Runner()
    const reports: string[] = []
    runner.getLoop().setExceptionHandler((_loop, { message }) => void reports.push(message))
    const process = runner.runBlocking(() => createSubprocessExec('sleep', ['600']))
    {
      using _ = refusing()
      runner.closeBlocking()
    }
    expect(reports).toEqual([
      expect.stringMatching(/may not kill process \d+, which lives on/),
      expect.stringMatching(/^Cannot end <Process \d+ ended with 255>/),
    ])
    expect(process.returncode).toBe(255)
    bury(process)
  })

  it('is reported when a signal is aborted, and goes on', async () => {
    await using runner = new Runner()
    const controller = new AbortController()
    const reports: string[] = []
    runner.getLoop().setExceptionHandler((_loop, { message }) => void reports.push(message))
    await runner.run(async () => {
      const { signal } = controller
      const process = await createSubprocessExec('sleep', ['600'], { signal })
      {
        using _ = refusing()
        controller.abort()
        expect(() => process.kill()).toThrow(/EPERM/)
        await expect(process.close()).rejects.toMatchObject({ code: 'EPERM' })
        expect(process.returncode).toBe(null)
      }
      expect(reports).toEqual([expect.stringMatching(/^Cannot end <Process \d+ running>/)])
      expect(await process.close()).toBe(-e.SIGTERM)
    })
  })
})

describe('the faults', () => {
  it('were of each kind', () => {
    expect([...seen].sort()).toEqual([
      'pidfdSendSignal EPERM',
      'pidfdSendSignal ESRCH',
      'waitid ECHILD',
      'waitid EINTR',
    ])
  })
})
