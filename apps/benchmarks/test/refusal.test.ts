import { expect, test } from 'vitest'

import { interleave } from '../src/interleave.js'
import { refusalOf } from '../src/refusal.js'
import type { Sample } from '../src/sample.js'
import { resultOf } from '../src/series-result.js'
import type { Series } from '../src/series.js'

const report = { requests: 1000, cpu: 0.5, waited: 0 }

function seriesOf(measure: Series['measure']): Series {
  const contenders = ['A', 'B', 'C'].map((name) => ({ name, version: '1', command: [name] }))
  const absent = { name: 'D', absent: 'not here' }
  return { work: 'work', contenders: [...contenders, absent], columns: [], bars: [], measure }
}

async function samplesOf(series: Series, rounds: number): Promise<Sample[]> {
  const samples: Sample[] = []
  for await (const sample of interleave(series, rounds)) samples.push(sample)
  return samples
}

test('a round counts up to 85 % of the generator’s core and is refused above it', () => {
  expect(refusalOf({ ...report, cpu: 0.85 })).toBeUndefined()
  expect(refusalOf({ ...report, cpu: 0.86 })).toBe(
    'the load generator was at 86 % of its core (86 % its own CPU, 0 % waiting for another program)',
  )
})

test('waiting for a core that another program has counts as being busy', () => {
  expect(refusalOf({ ...report, cpu: 0.5, waited: 0.4 })).toContain('at 90 % of its core')
})

test('a round without a single reply is refused', () => {
  expect(refusalOf({ ...report, requests: 0 })).toContain('no request')
})

test('rounds are interleaved, and who is absent is left out', async () => {
  const samples = await samplesOf(
    seriesOf(() => Promise.resolve({ figures: {} })),
    2,
  )
  expect(samples.map(({ contender, round }) => `${contender}${round}`)).toEqual([
    'A1',
    'B1',
    'C1',
    'A2',
    'B2',
    'C2',
  ])
})

test('a refused round is kept but is in no median', async () => {
  let calls = 0
  const series = seriesOf(() => {
    const cpu = calls++ < 3 ? 1 : 100
    return Promise.resolve({ figures: { cpu }, ...(cpu === 100 ? { refused: 'too fast' } : {}) })
  })
  const result = resultOf(series, await samplesOf(series, 2))
  expect(result.samples).toHaveLength(6)
  expect(result.summaries[0]).toMatchObject({ rounds: 1, refused: 1, medians: { cpu: 1 } })
  expect(result.absent).toEqual([{ name: 'D', absent: 'not here' }])
})

test('a contender that fails is refused with its message, and the others go on', async () => {
  const series = seriesOf(({ name }) =>
    name === 'B' ? Promise.reject(new Error('broke')) : Promise.resolve({ figures: { cpu: 1 } }),
  )
  const samples = await samplesOf(series, 1)
  expect(samples.map(({ refused }) => refused)).toEqual([undefined, 'failed: broke', undefined])
})
