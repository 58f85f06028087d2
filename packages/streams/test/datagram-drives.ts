import { run, type Gen } from '@tsyncio/tasks'
import { asyncFunctions, generators, type Spelling } from '@tsyncio/tasks/testing/vitest'
import { describe, it, onTestFinished, vi } from 'vitest'

import { runBlockingInTime } from './run-blocking-in-time.js'

/** A body that is written once for both spellings: it waits with `yield* wait(x)`. */
export type Body = (wait: Spelling['wait']) => Generator<unknown, void, unknown>

function choose(selector: string): void {
  vi.stubEnv('TSYNCIO_SELECTOR', selector)
  onTestFinished(() => void vi.unstubAllEnvs())
}

/** One behaviour with each selector, hosted and blocking, in both spellings. */
export function everywhere(title: string, body: Body): void {
  describe.each(['select', 'poll', 'epoll'])(`${title} (%s)`, (selector) => {
    for (const { name, ...spelling } of [generators, asyncFunctions]) {
      it(`hosted, ${name}`, async () => {
        choose(selector)
        await run(spelling.body<void, []>(() => body(spelling.wait)))
      })
    }

    it('blocking', () => {
      choose(selector)
      runBlockingInTime(() => body(generators.wait) as Gen<void>)
    })
  })
}
