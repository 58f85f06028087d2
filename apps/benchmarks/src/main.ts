import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { parseCommandLine, USAGE, type CommandLine } from './command-line.js'
import { isPresent } from './contender.js'
import { describeResult } from './describe-result.js'
import { interleave } from './interleave.js'
import { loopSeries } from './loop-series.js'
import { loopWorks } from './loop-works.js'
import { describeMachine, machine } from './machine.js'
import { memorySeries } from './memory-series.js'
import { memoryWork } from './memory-work.js'
import { method } from './method.js'
import { netSeries } from './net-series.js'
import { netWorks } from './net-works.js'
import { findRuntimes } from './runtimes.js'
import type { Sample } from './sample.js'
import { resultOf, type SeriesResult } from './series-result.js'
import type { Series } from './series.js'
import { spawnSeries } from './spawn-series.js'
import { spawnWorks } from './spawn-works.js'

async function seriesOf(options: CommandLine): Promise<Series[]> {
  const { benchmark, only } = options
  const isWanted = ({ name }: { name: string }) =>
    only.length === 0 || only.some((text) => name.includes(text))
  const runtimes = await findRuntimes(options)
  if (benchmark === 'loop') {
    return [
      ...loopWorks(runtimes)
        .filter(isWanted)
        .map((work) => loopSeries(work, options.seconds)),
      ...[memoryWork(runtimes)].filter(isWanted).map(memorySeries),
    ]
  }
  if (benchmark === 'spawn') {
    return spawnWorks(runtimes)
      .filter(isWanted)
      .map((work) => spawnSeries(work, options.seconds))
  }
  return netWorks(runtimes)
    .filter(({ name }) => benchmark === 'net' || benchmark === name)
    .map((work) => ({ ...work, contenders: work.contenders.filter(isWanted) }))
    .map((work) => netSeries(work, options))
}

function showProgress({ contender, round, refused }: Sample, work: string): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(`\r\x1b[K${work}: round ${round}, ${contender}${refused ? ': refused' : ''}`)
}

async function measureAll(series: Series, rounds: number): Promise<SeriesResult> {
  const samples: Sample[] = []
  for await (const sample of interleave(series, rounds)) {
    samples.push(sample)
    showProgress(sample, series.work)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return resultOf(series, samples)
}

/** npm runs scripts in the package's folder; a file is meant from where the person stood. */
function atCaller(file: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', file)
}

/** What is here but has no round that counts makes the whole run a failure. */
function complainOfUnmeasured(results: readonly SeriesResult[]): void {
  for (const { work, summaries } of results) {
    for (const { contender } of summaries.filter(({ rounds }) => rounds === 0)) {
      console.error(`bench: no round of ${contender} counts (${work})`)
      process.exitCode = 1
    }
  }
}

async function bench(options: CommandLine): Promise<void> {
  const all = await seriesOf(options)
  if (!all.some((series) => series.contenders.some(isPresent))) {
    throw new Error(`nothing to measure: no name contains ${options.only.join(' or ')}`)
  }
  const facts = { date: new Date().toISOString(), machine: machine(), method: method(options) }
  console.log([describeMachine(facts.machine), ...facts.method].join('\n'))
  const results: SeriesResult[] = []
  for (const series of all) {
    const result = await measureAll(series, options.rounds)
    results.push(result)
    console.log(`\n${describeResult(result, series.columns)}`)
  }
  if (options.json !== undefined) {
    writeFileSync(
      atCaller(options.json),
      `${JSON.stringify({ ...facts, options, results }, null, 2)}\n`,
    )
  }
  complainOfUnmeasured(results)
}

try {
  await bench(parseCommandLine(process.argv.slice(2)))
} catch (error) {
  console.error(`bench: ${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}
