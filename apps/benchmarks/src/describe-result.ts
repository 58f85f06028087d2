import type { Verdict } from './bar.js'
import type { Column } from './column.js'
import { isPresent } from './contender.js'
import type { SeriesResult, Summary } from './series-result.js'
import { table } from './table.js'

function figureRow(summary: Summary, columns: readonly Column[]): string[] {
  const cells = columns.map(({ figure, digits }) => {
    const value = summary.medians[figure]
    if (value === undefined || Number.isNaN(value)) return '-'
    return value.toFixed(digits)
  })
  const rounds = summary.refused === 0 ? '' : ` (${summary.refused} refused)`
  return [summary.contender, ...cells, `${summary.rounds}${rounds}`, summary.version]
}

function barRow({ contender, what, against, ratio, most, least, verdict }: Verdict): string[] {
  const measured =
    ratio === undefined
      ? ['-', '-']
      : [ratio.median.toFixed(3), `${ratio.least.toFixed(3)}..${ratio.most.toFixed(3)}`]
  const bar = most === undefined ? `>= ${least?.toFixed(3)}` : `<= ${most.toFixed(3)}`
  return [`${contender} / ${against}: ${what}`, ...measured, bar, verdict]
}

function refusals({ samples }: SeriesResult): string[] {
  return samples.flatMap(({ contender, round, refused }) =>
    refused === undefined ? [] : [`refused: ${contender}, round ${round}: ${refused}`],
  )
}

/** A result as a person reads it. */
export function describeResult(result: SeriesResult, columns: readonly Column[]): string {
  const titles = ['', ...columns.map((column) => column.title), 'rounds', 'on']
  const parts = [
    `## ${result.work}`,
    table(
      titles,
      result.summaries.map((summary) => figureRow(summary, columns)),
    ),
  ]
  const absent = result.absent.flatMap((contender) =>
    isPresent(contender) ? [] : [`absent: ${contender.name}: ${contender.absent}`],
  )
  const remarks = [...absent, ...refusals(result)]
  if (remarks.length > 0) parts.push(remarks.join('\n'))
  if (result.bars.length > 0) {
    parts.push(table(['ratio', 'median', 'range', 'bar', ''], result.bars.map(barRow)))
  }
  return parts.join('\n\n')
}
