// Ends a run of vitest with one plain line, `N passed, N failed`. When TSYNCIO_TOTALS
// names a file, the two numbers are also added to it, for a command of several runs,
// and below them each failure, in lines behind `| `.
import { appendFileSync } from 'node:fs'

/** @import { Reporter, TestModule, SerializedError, Vitest } from 'vitest/node' */

const frames = 6

/**
 * @param {string} name
 * @param {readonly SerializedError[]} errors
 */
function told(name, errors) {
  const causes = errors.flatMap(({ message, stack = '' }) => {
    const places = stack.split('\n').filter((line) => /^\s+at /.test(line))
    return [...message.split('\n').slice(0, frames), ...places.slice(0, frames)]
  })
  return [name, ...causes.map((line) => `  ${line}`)].map((line) => `| ${line}\n`).join('')
}

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
    const failures = errors.length > 0 ? [told('outside of the tests', errors)] : []
    for (const module of modules) {
      const place = `${module.project.name} ${module.relativeModuleId}`
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result()
        count[state]++
        if (state === 'failed') failures.push(told(`${place} > ${test.fullName}`, errors ?? []))
      }
      count.failed += module.errors().length
      if (module.errors().length > 0) failures.push(told(place, module.errors()))
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
    if (totals !== undefined)
      appendFileSync(totals, `${count.passed} ${failed}\n${failures.join('')}`)
    console.log(`${count.passed} passed, ${failed} failed`)
  }
}
