#!/usr/bin/env node
// The suite on the built packages and the same native binary, under other Nodes:
// `npm run test:nodes -- [vitest arguments]`. Node-API promises that one binary does.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { nodes } from './nodes/other-nodes.js'
import { vitest } from './run.js'

const scratch = mkdtempSync(join(tmpdir(), 'tsyncio-nodes-'))
/** @type {{ node: string, passed: number, failed: number, minutes: number, result: string }[]} */
const rows = []
for (const { version, node } of nodes()) {
  console.log(`\n== Node ${version}`)
  const totals = join(scratch, version)
  const started = performance.now()
  const code = await vitest(
    ['--mode', 'dist', ...process.argv.slice(2)],
    { TSYNCIO_TOTALS: totals },
    node,
  )
  const [passed = 0, failed = 0] = readTotals(totals)
  const minutes = Number(((performance.now() - started) / 60_000).toFixed(1))
  rows.push({ node: version, passed, failed, minutes, result: code === 0 ? 'good' : 'BAD' })
}
rmSync(scratch, { recursive: true })

/** @param {string} file */
function readTotals(file) {
  try {
    const [counts = ''] = readFileSync(file, 'utf8').split('\n')
    return counts.split(' ').map(Number)
  } catch {
    return []
  }
}

console.table(rows)
const sum = (/** @type {'passed' | 'failed'} */ key) => rows.reduce((n, row) => n + row[key], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exitCode = rows.every((row) => row.result === 'good') ? 0 : 1
