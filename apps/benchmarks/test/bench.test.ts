import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { isPresent } from '../src/contender.js'
import { loopSeries } from '../src/loop-series.js'
import { loopWorks } from '../src/loop-works.js'
import { memorySeries } from '../src/memory-series.js'
import { memoryWork } from '../src/memory-work.js'
import { packagePath } from '../src/package-path.js'
import { runProgram } from '../src/run-program.js'
import { findRuntimes } from '../src/runtimes.js'
import type { SeriesResult } from '../src/series-result.js'
import { spawnSeries } from '../src/spawn-series.js'
import { spawnWorks } from '../src/spawn-works.js'

// Real measuring takes its seconds, and more where others use the machine.
vi.setConfig({ testTimeout: 60_000 })

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsyncio-bench-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

async function bench(...args: string[]) {
  const json = join(folder, 'results.json')
  const command = [process.execPath, packagePath('dist/main.js'), ...args, '--json', json]
  // It exits with 1 when a contender has no round that counts, as on a busy machine.
  const output = await runProgram(command).catch((error: Error) => error.message)
  const facts = JSON.parse(readFileSync(json, 'utf8')) as {
    machine: { cpu: string; kernel: string; node: string }
    method: string[]
    results: SeriesResult[]
  }
  return { output, ...facts }
}

test('a run writes every sample, the medians, the machine and the method', async () => {
  const { machine, method, results } = await bench(
    ...['echo', '--seconds', '0.5', '--warm', '0.1', '--rounds', '2'],
    ...['--only', 'epoll in C', '--only', 'node:net'],
  )
  expect(machine.node).toBe(process.versions.node)
  expect(machine.kernel).toContain('Linux')
  expect(method.at(-1)).toBe('SHORT RUN, 1 s a side of at least 20: not to be cited')
  const [result] = results
  expect(result?.samples.map(({ contender }) => contender)).toEqual([
    'epoll in C',
    'node:net',
    'epoll in C',
    'node:net',
  ])
  for (const { figures } of result!.samples) {
    expect(figures).toMatchObject({ requestsPerSecond: expect.any(Number) as number })
    expect(figures.cpu).toBeCloseTo(figures.user! + figures.system!, 6)
  }
})

const runtimes = await findRuntimes({})

test.each(['hand-over', 'deep', 'create'])(
  'the work "%s" is measured in nanoseconds of CPU, by everybody',
  async (name) => {
    const work = loopWorks(runtimes).find((one) => one.name === name)!
    const series = loopSeries(work, 0.02)
    for (const contender of series.contenders.filter(isPresent)) {
      const { figures } = await series.measure(contender)
      expect(figures.operations, contender.name).toBeGreaterThan(1000)
      expect(figures.cpu, contender.name).toBeGreaterThan(1)
      expect(figures.cpu, contender.name).toBeLessThan(1_000_000)
    }
  },
)

test('sleeping tasks are measured in bytes, of the heap where there is one', async () => {
  const { heap, resident } = await memoryOf('tsyncio generators')
  expect(heap).toBeGreaterThan(100)
  expect(heap).toBeLessThan(10_000)
  expect(resident).toBeGreaterThan(100)

  const asyncio = await memoryOf('asyncio')
  expect(asyncio).not.toHaveProperty('heap')
  expect(asyncio.resident).toBeGreaterThan(100)
})

async function memoryOf(name: string) {
  const series = memorySeries(memoryWork(runtimes))
  const { figures } = await series.measure(
    series.contenders.filter(isPresent).find((contender) => contender.name === name)!,
  )
  return figures
}

test.each(['held-0', 'sequential', 'at-once'])(
  'the work "%s" is measured in microseconds, by everybody',
  async (name) => {
    const work = spawnWorks(runtimes).find((one) => one.name === name)!
    const series = spawnSeries(work, 0.02)
    for (const contender of series.contenders.filter(isPresent)) {
      const { figures } = await series.measure(contender)
      expect(figures.operations, contender.name).toBeGreaterThanOrEqual(30)
      expect(figures.clock, contender.name).toBeGreaterThan(100)
      expect(figures.cpu, contender.name).toBeGreaterThan(10)
      if (name === 'held-0') expect(figures.held, contender.name).toBeGreaterThan(10)
    }
  },
)

test('every bar is about two who do the work', () => {
  const works = [...loopWorks(runtimes), memoryWork(runtimes), ...spawnWorks(runtimes)]
  for (const { contenders, bars } of works) {
    const names = contenders.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const bar of bars)
      expect(names).toEqual(expect.arrayContaining([bar.contender, bar.against]))
  }
})

test.each([
  [
    [],
    'which benchmark? One of net, echo, echo-10k, echo-100k, lines, bulk, accept, udp, tls, shared, loop',
  ],
  [['echo', '--seconds=-1'], '--seconds must be a number above 0, not "-1"'],
  [['echo', '--only', 'perl'], 'nothing to measure: no name contains perl'],
])('%j is refused with one line and the usage', async (args, message) => {
  const command = [process.execPath, packagePath('dist/main.js'), ...args]
  await expect(runProgram(command)).rejects.toThrow(`bench: ${message}`)
})
