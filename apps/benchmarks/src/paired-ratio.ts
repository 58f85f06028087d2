import { median } from './median.js'
import type { Sample } from './sample.js'

export interface PairedRatio {
  readonly median: number
  readonly least: number
  readonly most: number
  /** How many rounds counted for both. */
  readonly rounds: number
}

function accepted(samples: readonly Sample[], contender: string): Sample[] {
  return samples.filter((sample) => sample.contender === contender && sample.refused === undefined)
}

/**
 * One contender's figure over another's, round by round, so that what disturbed the
 * machine for a while disturbs both sides; `undefined` when no round counted for both.
 */
export function pairedRatio(
  samples: readonly Sample[],
  figure: string,
  contender: string,
  against: string,
): PairedRatio | undefined {
  const partners = new Map(accepted(samples, against).map((sample) => [sample.round, sample]))
  const ratios = accepted(samples, contender)
    .map(({ round, figures }) => figures[figure]! / (partners.get(round)?.figures[figure] ?? NaN))
    .filter((ratio) => Number.isFinite(ratio))
  if (ratios.length === 0) return undefined
  return {
    median: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
    rounds: ratios.length,
  }
}
