import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Selector } from '../selector.js'
import { openFds } from './open-fds.js'

/** Tests of a suite that do not apply to a selector. */
export interface Skip {
  readonly reason: string
  /** Titles of tests, or names of whole sections. */
  readonly tests: readonly string[]
}

/** What every section of the suite is given. */
export interface Conformance {
  /** Makes a selector of the kind under test. */
  make<Data = unknown>(): Selector<Data>
  /** Adds a test. */
  check(title: string, body: () => void | Promise<void>): void
}

export type Section = readonly [name: string, define: (suite: Conformance) => void]

export type Test = Parameters<Conformance['check']>

function testsOf(define: Section[1], make: () => Selector): Test[] {
  const tests: Test[] = []
  define({
    make: <Data>() => make() as Selector<Data>,
    check: (...test) => tests.push(test),
  })
  return tests
}

/**
 * The tests of `sections` but for those that do not apply.
 *
 * @throws RangeError if there is no such test to skip.
 */
export function applicableTests(
  sections: readonly Section[],
  make: () => Selector,
  skips: readonly Skip[],
): Map<string, Test[]> {
  const unknown = new Set(skips.flatMap((skip) => skip.tests))
  const isSkipped = (name: string) => unknown.delete(name)
  const applicable = new Map<string, Test[]>()
  for (const [name, define] of sections) {
    const tests = testsOf(define, make).filter(([title]) => !isSkipped(title))
    if (!isSkipped(name)) applicable.set(name, tests)
  }
  if (unknown.size > 0) throw new RangeError(`no such tests to skip: ${[...unknown].join(', ')}`)
  return applicable
}

/** Defines a section; each of its tests must close what it opens. */
export function defineSection(name: string, tests: readonly Test[]): void {
  describe(name, () => {
    let before: readonly number[] = []
    beforeEach(() => {
      before = openFds()
    })
    afterEach(() => expect(openFds(), 'open fds').toEqual(before))
    for (const [title, body] of tests) it(title, body)
  })
}
