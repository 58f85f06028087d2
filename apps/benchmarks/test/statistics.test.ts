import { describe, expect, test } from 'vitest'

import { judge } from '../src/bar.js'
import { median } from '../src/median.js'
import { pairedRatio } from '../src/paired-ratio.js'
import type { Sample } from '../src/sample.js'

function sample(contender: string, round: number, cpu: number, refused?: string): Sample {
  return { contender, round, figures: { cpu }, ...(refused === undefined ? {} : { refused }) }
}

describe('median', () => {
  test('is the middle of an odd number of values, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5)
  })

  test('is between the two in the middle of an even number', () => {
    expect(median([10, 1, 2, 4])).toBe(3)
  })

  test('of nothing is not a number, and the values stay as they were', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
    expect(median([])).toBeNaN()
  })
})

describe('a ratio', () => {
  test('is taken round by round: a slow minute that slows both sides does not show', () => {
    const samples = [
      ...[sample('ours', 1, 1), sample('theirs', 1, 2)],
      ...[sample('ours', 2, 10), sample('theirs', 2, 20)],
      ...[sample('ours', 3, 3), sample('theirs', 3, 4)],
    ]
    const ratio = pairedRatio(samples, 'cpu', 'ours', 'theirs')
    expect(ratio).toEqual({ median: 0.5, least: 0.5, most: 0.75, rounds: 3 })
  })

  test('leaves out a round that was refused on either side', () => {
    const samples = [
      ...[sample('ours', 1, 1), sample('theirs', 1, 2)],
      ...[sample('ours', 2, 1, 'too fast'), sample('theirs', 2, 100)],
      ...[sample('ours', 3, 1), sample('theirs', 3, 100, 'too fast')],
    ]
    expect(pairedRatio(samples, 'cpu', 'ours', 'theirs')).toMatchObject({ median: 0.5, rounds: 1 })
  })

  test('does not exist without a common round', () => {
    const samples = [sample('ours', 1, 1), sample('theirs', 2, 2)]
    expect(pairedRatio(samples, 'cpu', 'ours', 'theirs')).toBeUndefined()
  })
})

describe('a bar', () => {
  const bar = { figure: 'cpu', what: 'CPU', contender: 'ours', against: 'theirs' }
  const samples = [sample('ours', 1, 3), sample('theirs', 1, 4)]

  test('is met at the ratio itself and missed beyond it', () => {
    expect(judge({ ...bar, most: 0.75 }, samples).verdict).toBe('met')
    expect(judge({ ...bar, most: 0.74 }, samples).verdict).toBe('missed')
    expect(judge({ ...bar, least: 0.75 }, samples).verdict).toBe('met')
    expect(judge({ ...bar, least: 0.76 }, samples).verdict).toBe('missed')
  })

  test('against somebody who is absent is not measured, rather than met', () => {
    expect(judge({ ...bar, most: 1, against: 'nobody' }, samples).verdict).toBe('not measured')
  })
})
