import type { Bar } from './bar.js'
import type { Column } from './column.js'
import type { Contender, MaybeContender } from './contender.js'
import type { Sample } from './sample.js'

/** One piece of work, and everything that does it. */
export interface Series {
  readonly work: string
  readonly contenders: readonly MaybeContender[]
  readonly columns: readonly Column[]
  readonly bars: readonly Bar[]
  /** One contender, one round. */
  measure(contender: Contender): Promise<Pick<Sample, 'figures' | 'refused'>>
}
