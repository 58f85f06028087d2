#!/usr/bin/env node
// Short connections through a server and a client of ours, a million of them: what is open,
// kept and running after the last third must be what it was after the first.
//
//   npm run soak                          a million; a quarter of an hour or more
//   npm run soak -- --connections 20000   fewer
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

// By how much a heap is off between two looks at it. A byte for each connection is more.
const noise = 600_000

const { values } = parseArgs({ options: { connections: { type: 'string', default: '1000000' } } })
const connections = Number(values.connections)
if (!Number.isInteger(connections) || connections < 3000) {
  console.error(`soak: expected at least 3000 connections, got ${values.connections}`)
  process.exit(2)
}

/** @typedef {{ connections: number, fds: number, handles: number, tasks: number, heap: number, rss: number }} Round */

const program = fileURLToPath(
  new URL('../packages/streams/test/fixtures/soak.mjs', import.meta.url),
)
const child = spawn(process.execPath, ['--expose-gc', program, String(connections)], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const exit = new Promise((resolve) => child.on('exit', resolve))
/** @type {Round[]} */
const rounds = []
for await (const line of createInterface(child.stdout)) {
  rounds.push(JSON.parse(line))
  if (process.stderr.isTTY) process.stderr.write(`\r${rounds.at(-1)?.connections} connections`)
}
const code = await exit

/** @param {number[]} numbers */
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? NaN

const third = rounds.length / 3
const rows = [0, 1, 2].map((part) => {
  const own = rounds.slice(part * third, (part + 1) * third)
  const of = (/** @type {keyof Round} */ key) => median(own.map((round) => round[key]))
  return {
    connections: own.at(-1)?.connections,
    fds: of('fds'),
    handles: of('handles'),
    tasks: of('tasks'),
    'heap, KB': Math.round(of('heap') / 1000),
    'rss, MB': Math.round(of('rss') / 1_000_000),
  }
})
console.log()
console.table(rows)

const [first, , last] = rows
const isFlat =
  code === 0 &&
  rounds.length === 30 &&
  first?.fds === last?.fds &&
  first?.handles === last?.handles &&
  first?.tasks === last?.tasks &&
  (last?.['heap, KB'] ?? NaN) - (first?.['heap, KB'] ?? NaN) < noise / 1000
console.log(isFlat ? 'flat' : 'soak: something grows, or the program failed')
process.exitCode = isFlat ? 0 : 1
