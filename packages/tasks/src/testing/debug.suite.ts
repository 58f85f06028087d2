import { getRunningLoop, type EventLoop, type ExceptionContext } from '@tsyncio/loop'
import { describe, expect, it, vi } from 'vitest'

import { createTask } from '../create-task.js'
import { sleep } from '../sleep.js'
import type { TaskDrive } from './conformance.js'

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

/** Puts the running loop into debug mode, and collects what it reports. */
function debugging(): { loop: EventLoop; reports: ExceptionContext[] } {
  const loop = getRunningLoop()
  const reports: ExceptionContext[] = []
  loop.setDebug(true)
  loop.setExceptionHandler((_loop, context) => reports.push(context))
  return { loop, reports }
}

// In the sources, and in the bundle that holds all suites.
const thisFile = /debug\.suite|testing.vitest/

/** EV19, for tasks. */
export function describeTaskDebug({ spelling: { body, wait }, run }: TaskDrive): void {
  describe('debug mode', () => {
    it('reports coroutines that nobody awaited, with where they were made', async () => {
      const main = body(function* () {
        const { reports } = debugging()
        void sleep(1)
        yield* wait(sleep(0))
        const kept = sleep(0)
        yield* wait(sleep(0))
        yield* wait(kept)
        return reports
      })
      expect(await run(main)).toMatchObject([
        {
          message: 'coroutine sleep() was never awaited',
          source: expect.stringMatching(thisFile) as string,
        },
      ])
    })

    it('says where tasks were made', async () => {
      const main = body(function* () {
        debugging()
        const task = createTask(
          body(function* () {
            yield* wait(sleep(0))
          }),
          { name: 'made' },
        )
        yield* wait(task)
        return String(task)
      })
      expect(await run(main)).toMatch(
        new RegExp(`^<Task made finished created at .*(?:${thisFile.source})`),
      )
    })

    it('names the task whose step holds up the loop', async () => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
      const main = body(function* () {
        debugging().loop.slowCallbackDuration = 20
        const task = createTask(
          body(function* () {
            spin(25)
            yield* wait(sleep(0))
          }),
          { name: 'slow' },
        )
        yield* wait(task)
      })
      await run(main)
      const warnings = warn.mock.calls.map(String)
      warn.mockRestore()
      // On a busy machine other steps may hold it up as well.
      expect(warnings.join('\n')).toMatch(
        /^Executing <Task slow pending.* took \d+\.\d milliseconds$/m,
      )
    })
  })
}
