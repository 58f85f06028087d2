import { isPresent } from './contender.js'
import type { Sample } from './sample.js'
import type { Series } from './series.js'

/**
 * Measures A B C A B C ...: what slows the machine down for a while slows all of them.
 * A contender that fails is refused for that round; the others go on.
 */
export async function* interleave(series: Series, rounds: number): AsyncGenerator<Sample> {
  for (let round = 1; round <= rounds; round++) {
    for (const contender of series.contenders.filter(isPresent)) {
      const name = contender.name
      try {
        yield { contender: name, round, ...(await series.measure(contender)) }
      } catch (error) {
        yield {
          contender: name,
          round,
          figures: {},
          refused: `failed: ${(error as Error).message}`,
        }
      }
    }
  }
}
