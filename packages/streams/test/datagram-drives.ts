import { EpollSelector, PollSelector, SelectSelector, type Selector } from '@tsyncio/selectors'
import { run, runBlocking, type Gen, type Started } from '@tsyncio/tasks'
import { asyncFunctions, generators, type Script } from '@tsyncio/tasks/testing/vitest'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'
import { it } from 'vitest'

const selectors: Record<string, () => Selector> = {
  select: () => new SelectSelector(),
  poll: () => new PollSelector(),
  epoll: () => new EpollSelector(),
}

/** A body that is written once for both spellings: it waits with `yield* wait(x)`. */
export type Body = (wait: Spelling['wait']) => Generator<unknown, void, unknown>

/** One behaviour with each selector, hosted and blocking, in both spellings. */
export function everywhere(title: string, body: Body): void {
  for (const [name, selector] of Object.entries(selectors)) {
    for (const spelling of [generators, asyncFunctions]) {
      it(`${title} (${name}, hosted, ${spelling.name})`, async () => {
        const script: Script<void> = () => body(spelling.wait)
        const main = spelling.body(script) as () => Started
        await run(main, { selector: selector() })
      })
    }
    it(`${title} (${name}, blocking)`, () => {
      runBlocking(() => body(generators.wait) as Gen<void>, { selector: selector() })
    })
  }
}
