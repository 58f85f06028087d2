#!/usr/bin/env node
// What takes long: the soaks, fuzzers and sanitizers of test/long, then the whole suite
// with each selector forced.
//
//   npm run test:long                everything, as long as it takes
//   npm run test:long -- --bounded   the same tests with small counts (TSYNCIO_LONG=bounded),
//                                    for a machine with half an hour
import { parseArgs } from 'node:util'

import { vitest } from './run.js'

const { values } = parseArgs({ options: { bounded: { type: 'boolean', default: false } } })
const bounded = values.bounded || process.env['TSYNCIO_LONG'] === 'bounded'

// epoll is the default and was forced on nothing by `npm test`: bounded runs leave it out,
// and the projects that never meet a selector.
const selectors = bounded ? ['select', 'poll'] : ['select', 'poll', 'epoll']
const projects = ['selectors', 'loop', 'tasks', 'streams', 'subprocess', 'tsyncio', 'overseer']
const narrowed = bounded ? projects.flatMap((name) => ['--project', name]) : []

/** @type {[string, () => Promise<number>][]} */
const runs = [
  ['test/long', () => vitest(['--mode', 'long'], { TSYNCIO_LONG: bounded ? 'bounded' : 'full' })],
  ...selectors.map(
    (selector) =>
      /** @type {[string, () => Promise<number>]} */ ([
        `the suite on ${selector}`,
        () => vitest(narrowed, { TSYNCIO_SELECTOR: selector }),
      ]),
  ),
]

const failed = []
for (const [name, start] of runs) {
  console.log(`\n== ${name}`)
  const started = performance.now()
  if ((await start()) !== 0) failed.push(name)
  console.log(`== ${name}: ${((performance.now() - started) / 60_000).toFixed(1)} min`)
}
if (failed.length > 0) console.error(`test:long: failed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0
