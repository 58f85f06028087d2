import { judge, type Verdict } from './bar.js'
import { isPresent, type MaybeContender } from './contender.js'
import { median } from './median.js'
import type { Sample } from './sample.js'
import type { Series } from './series.js'

/** A contender's medians over the rounds that count. */
export interface Summary {
  readonly contender: string
  readonly version: string
  /** Rounds that count. */
  readonly rounds: number
  readonly refused: number
  readonly medians: Readonly<Record<string, number>>
}

export interface SeriesResult {
  readonly work: string
  readonly summaries: readonly Summary[]
  readonly absent: readonly MaybeContender[]
  readonly bars: readonly Verdict[]
  readonly samples: readonly Sample[]
}

function mediansOf(samples: readonly Sample[]): Record<string, number> {
  const names = new Set(samples.flatMap((sample) => Object.keys(sample.figures)))
  return Object.fromEntries(
    [...names].map((name) => [name, median(samples.map((sample) => sample.figures[name]!))]),
  )
}

/** What the samples of a series come to. */
export function resultOf(series: Series, samples: readonly Sample[]): SeriesResult {
  const summaries = series.contenders.filter(isPresent).map(({ name, version }): Summary => {
    const own = samples.filter((sample) => sample.contender === name)
    const accepted = own.filter((sample) => sample.refused === undefined)
    return {
      contender: name,
      version,
      rounds: accepted.length,
      refused: own.length - accepted.length,
      medians: mediansOf(accepted),
    }
  })
  return {
    work: series.work,
    summaries,
    absent: series.contenders.filter((contender) => !isPresent(contender)),
    bars: series.bars.map((bar) => judge(bar, samples)),
    samples,
  }
}
