import {
  EpollSelector,
  EVENT_READ,
  EVENT_WRITE,
  PollSelector,
  SelectSelector,
  type Selector,
} from '@tsyncio/selectors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leakCheck } from './leak-check.js'
import { Files } from './model/files.js'
import { EpollModel, PollModel, SelectModel, type SelectorModel } from './model/selector-model.js'

leakCheck()

// So that a failure comes again; another seed explores other sequences.
const SEED = 20_260_101
const RUNS = 500

/** Runs every operation on all backends and their models, and compares. */
class Lockstep {
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

/** Plain data, so that a counterexample can be read. */
interface Operation {
  readonly name: keyof typeof operations
  readonly fd: number
  readonly other: number
  readonly events: number
  readonly data: number
}

type Operate = (files: Files, selectors: Lockstep, operation: Operation) => void

function onOpenFd(work: (files: Files, fd: number, other: number) => void): Operate {
  return (files, _selectors, { fd: number, other }) => {
    const fd = files.anyOpenFd(number)
    if (fd !== undefined) work(files, fd, other)
  }
}

const operations = {
  openPair: (files) => files.openPair(),
  close: onOpenFd((files, fd) => files.close(fd)),
  copy: onOpenFd((files, fd) => files.copy(fd)),
  replace: onOpenFd((files, fd, other) => files.replace(fd, files.anyFd(other))),
  send: onOpenFd((files, fd) => files.send(fd)),
  receive: onOpenFd((files, fd) => files.receive(fd)),
  register: (files, selectors, { fd, events, data }) =>
    selectors.both((selector) => selector.register(files.anyFd(fd), events, data)),
  modify: (files, selectors, { fd, events, data }) =>
    selectors.both((selector) => selector.modify(files.anyFd(fd), events, data)),
  unregister: (files, selectors, { fd }) =>
    selectors.both((selector) => selector.unregister(files.anyFd(fd))),
} satisfies Record<string, Operate>

const names = Object.keys(operations) as (keyof typeof operations)[]

const sequences = fc.array(
  fc.record<Operation>({
    name: fc.constantFrom(...names, 'register', 'register'),
    fd: fc.nat({ max: 1000 }),
    other: fc.nat({ max: 1000 }),
    events: fc.constantFrom(EVENT_READ, EVENT_WRITE, EVENT_READ | EVENT_WRITE),
    data: fc.nat({ max: 2 }),
  }),
  { maxLength: 60, size: 'max' },
)

describe('the backends', () => {
  it('do what their models do, whatever is opened, copied, closed, reused and registered', () => {
    let runs = 0
    const property = fc.property(sequences, (sequence) => {
      runs++
      using files = new Files()
      using selectors = new Lockstep(files)
      files.openPair()
      for (const operation of sequence) {
        operations[operation.name](files, selectors, operation)
        selectors.compare()
      }
    })
    fc.assert(property, { seed: SEED, numRuns: RUNS })
    expect(runs).toBe(RUNS)
  }, 60_000)
})
