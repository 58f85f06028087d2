import { EpollSelector, PollSelector, SelectSelector, type Selector } from '@tsyncio/selectors'
import { expect } from 'vitest'
import type { Files } from './files.js'
import { EpollModel, PollModel, SelectModel, type SelectorModel } from './selector-model.js'

/** Runs every operation on all backends and their models, and compares. */
export class Lockstep {
  readonly #pairs: readonly (readonly [Selector<number>, SelectorModel])[]

  constructor(files: Files) {
    this.#pairs = [
      [new EpollSelector<number>(), new EpollModel(files)],
      [new PollSelector<number>(), new PollModel(files)],
      [new SelectSelector<number>(), new SelectModel(files)],
    ]
  }

  both(
    work: (selector: Pick<SelectorModel, 'register' | 'modify' | 'unregister'>) => unknown,
  ): void {
    for (const [selector, model] of this.#pairs) {
      same(
        selector,
        outcome(() => void work(selector)),
        outcome(() => void work(model)),
      )
    }
  }

  compare(): void {
    for (const [selector, model] of this.#pairs) {
      const keys = [...selector.getMap()!].map(([fd, { events, data }]) => [fd, { events, data }])
      same(selector, keys, [...model.keys])
      const ready = outcome(() => selector.select(0).map(([key, mask]) => [key.fd, mask, key.data]))
      same(selector, sorted(ready), sorted(outcome(() => model.select())))
    }
  }

  [Symbol.dispose](): void {
    for (const [selector] of this.#pairs) selector.close()
  }
}

// Asked a million times: expect() only says what differs.
function same(selector: Selector<number>, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return
  expect(actual, selector.constructor.name).toEqual(expected)
}

function outcome<T>(work: () => T): T | string {
  try {
    return work()
  } catch (failure) {
    return typeof failure === 'string' ? failure : (failure as { code: string }).code
  }
}

// Each backend has an order of its own.
function sorted(ready: unknown): unknown {
  return Array.isArray(ready) ? ready.map(String).sort() : ready
}
