import { pairedRatio, type PairedRatio } from './paired-ratio.js'
import type { Sample } from './sample.js'

/** What we hold ourselves to: a figure of ours over a partner's, in the same run. */
export interface Bar {
  readonly figure: string
  /** What the figure is called. */
  readonly what: string
  readonly contender: string
  readonly against: string
  /** The ratio must not be above this ... */
  readonly most?: number
  /** ... or not below this. */
  readonly least?: number
}

export interface Verdict extends Bar {
  /** Absent when one of the two was not measured. */
  readonly ratio?: PairedRatio
  readonly verdict: 'met' | 'missed' | 'not measured'
}

/** Where the samples stand against a bar. */
export function judge(bar: Bar, samples: readonly Sample[]): Verdict {
  const ratio = pairedRatio(samples, bar.figure, bar.contender, bar.against)
  if (ratio === undefined) return { ...bar, verdict: 'not measured' }
  const isMet = ratio.median <= (bar.most ?? Infinity) && ratio.median >= (bar.least ?? 0)
  return { ...bar, ratio, verdict: isMet ? 'met' : 'missed' }
}
