import { expect, it } from 'vitest'

import { orphanTrials } from '../fixtures/orphan-trials.js'

const trials = process.env['TSYNCIO_LONG'] === 'full' ? 500 : 30

it('nobody survives a parent that is killed at a random moment', async () => {
  const all = await orphanTrials({ trials, seed: 1 })
  expect(all.filter(({ survivors }) => survivors.length > 0)).toEqual([])
  expect(all.filter(({ seen }) => seen > 2).length).toBeGreaterThan(trials / 4)
}, 1_800_000)
