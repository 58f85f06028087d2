import { describe } from 'vitest'
import type { Selector } from '../selector.js'
import { closing } from './closing.js'
import { applicableTests, defineSection, type Section, type Skip } from './conformance.js'
import { modifying } from './modifying.js'
import { readiness } from './readiness.js'
import { registering } from './registering.js'
import { time } from './time.js'
import { unregistering } from './unregistering.js'
import { viewing } from './viewing.js'

const sections: readonly Section[] = [
  ['registering', registering],
  ['unregistering', unregistering],
  ['modifying', modifying],
  ['viewing', viewing],
  ['closing', closing],
  ['readiness', readiness],
  ['time', time],
]

/** What of the suite is left out. */
export interface DescribeSelectorOptions {
  readonly skip?: readonly Skip[]
}

/**
 * Defines the tests that hold a selector to the contract of `Selector`. A test that
 * does not apply is named in `skip`, with the reason, and is then not defined.
 *
 * @param make makes a new selector; each test closes its own.
 *
 * @example
 * ```ts no-run
 * import { PollSelector } from '@tsyncio/selectors'
 * import { describeSelector } from '@tsyncio/selectors/testing'
 *
 * describeSelector('PollSelector', () => new PollSelector())
 * ```
 */
export function describeSelector(
  name: string,
  make: () => Selector,
  { skip = [] }: DescribeSelectorOptions = {},
): void {
  const tests = applicableTests(sections, make, skip)
  describe(name, () => {
    for (const [section, its] of tests) defineSection(section, its)
  })
}
