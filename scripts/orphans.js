#!/usr/bin/env node
// Parents of trees of processes are killed with SIGKILL at random moments, also in the
// middle of starting them. The trees fork, daemonise and ignore signals: shells, python3
// and node. Nobody may be left two seconds later.
//
//   npm run orphans                              a thousand trials; ten minutes or so
//   npm run orphans -- --trials 50 --seed 7      fewer, from another seed on
import { parseArgs } from 'node:util'

import { orphanTrials } from '../packages/subprocess/test/fixtures/orphan-trials.js'

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
})
const [trials, seed] = [Number(values.trials), Number(values.seed)]
if (!Number.isInteger(trials) || trials < 1 || !Number.isInteger(seed)) {
  console.error(`orphans: expected whole numbers, got ${values.trials} and ${values.seed}`)
  process.exit(2)
}

let done = 0
const all = await orphanTrials({ trials, seed }, (trial) => {
  done++
  for (const survivor of trial.survivors) console.log(`seed ${trial.seed}: survived: ${survivor}`)
  if (process.stderr.isTTY) process.stderr.write(`\r${done} trials`)
})

const took = all.map((trial) => trial.took).sort((a, b) => a - b)
const orphans = all.reduce((sum, trial) => sum + trial.survivors.length, 0)
const seen = all.reduce((sum, trial) => sum + trial.seen, 0)
const ms = (/** @type {number | undefined} */ time) => `${Math.round(time ?? NaN)} ms`
console.log(
  `${trials} trials, ${seen} processes seen, ${orphans} survivors; ` +
    `empty after ${ms(took[took.length >> 1])} (median), ${ms(took.at(-1))} (longest)`,
)
process.exitCode = orphans === 0 ? 0 : 1
