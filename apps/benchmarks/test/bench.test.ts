import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { isPresent } from '../src/contender.js'
import { loopSeries } from '../src/loop-series.js'
import { loopWorks } from '../src/loop-works.js'
import { packagePath } from '../src/package-path.js'
import { runProgram } from '../src/run-program.js'
import type { SeriesResult } from '../src/series-result.js'

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

test('an operation of the loop is measured in nanoseconds of CPU', async () => {
  const absent = { absent: 'not asked for' }
  const node = { program: process.execPath, version: process.version }
  const works = loopWorks({ node, python: absent, uvloop: absent, bun: absent })
  const create = works.find(({ name }) => name === 'create')!
  const plain = create.contenders.filter(isPresent).find(({ name }) => name.startsWith('await'))!
  const { figures } = await loopSeries(create, 0.1).measure(plain)
  expect(figures.operations).toBeGreaterThan(1000)
  expect(figures.cpu).toBeGreaterThan(1)
  expect(figures.cpu).toBeLessThan(100_000)
})

test.each([
  [[], 'which benchmark? One of echo, lines, bulk, loop'],
  [['echo', '--seconds=-1'], '--seconds must be a number above 0, not "-1"'],
  [['echo', '--only', 'perl'], 'nothing to measure: no name contains perl'],
])('%j is refused with one line and the usage', async (args, message) => {
  const command = [process.execPath, packagePath('dist/main.js'), ...args]
  await expect(runProgram(command)).rejects.toThrow(`bench: ${message}`)
})
