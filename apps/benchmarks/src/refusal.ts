import type { LoadReport } from './load-report.js'

/** Above this share of its core the load generator may be what is measured. */
export const MOST_GENERATOR_SHARE = 0.85

/**
 * The share of the time in which the generator ran or wanted to: waiting for a core
 * that another program has holds a server back just as much as having too much to do.
 */
export function generatorShare(report: Pick<LoadReport, 'cpu' | 'waited'>): number {
  return report.cpu + report.waited
}

/** Why a round does not count, or `undefined` if it does. */
export function refusalOf(
  report: Pick<LoadReport, 'cpu' | 'waited' | 'requests'>,
): string | undefined {
  if (report.requests === 0) return 'no request was answered in the measured time'
  const share = generatorShare(report)
  if (share <= MOST_GENERATOR_SHARE) return undefined
  const percent = (value: number) => `${(value * 100).toFixed(0)} %`
  return (
    `the load generator was at ${percent(share)} of its core ` +
    `(${percent(report.cpu)} its own CPU, ${percent(report.waited)} waiting for another program)`
  )
}
