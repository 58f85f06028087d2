// Ends a run of vitest with one plain line, `N passed, N failed`. When TSYNCIO_TOTALS
// names a file, the two numbers are also added to it, for a command of several runs.
import { appendFileSync } from 'node:fs'

/** @import { Reporter, TestModule, SerializedError, Vitest } from 'vitest/node' */

/** @implements {Reporter} */
export default class TotalsReporter {
  /** @type {Vitest | undefined} */
  #vitest

  /** @param {Vitest} vitest */
  onInit(vitest) {
    this.#vitest = vitest
  }

  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly SerializedError[]} errors that belong to no test
   */
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      count.failed += module.errors().length
    }
    // Without a name filter a skipped test is one that the suite has lost.
    const filtered = this.#vitest?.config.testNamePattern !== undefined
    const lost = filtered ? 0 : count.skipped + count.pending
    if (lost > 0) {
      console.log(`${lost} tests did not run: no test may skip, they count as failed`)
      process.exitCode = 1
    }
    const failed = count.failed + lost
    const totals = process.env['TSYNCIO_TOTALS']
    if (totals !== undefined) appendFileSync(totals, `${count.passed} ${failed}\n`)
    console.log(`${count.passed} passed, ${failed} failed`)
  }
}
