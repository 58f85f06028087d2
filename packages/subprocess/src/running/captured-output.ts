import type { StreamReader } from '@tsyncio/streams'
import type { Gen } from '@tsyncio/tasks'
import { TextDecoder } from 'node:util'

import type { OutputBudget } from './output-budget.js'
import type { Output } from './process-result.js'

export type OutputEncoding = 'utf8' | 'buffer'

const chunkSize = 65_536

/** What one process writes to one pipe, kept as far as the budget goes. */
export class CapturedOutput {
  readonly #reader: StreamReader | null
  readonly #budget: OutputBudget
  readonly #chunks: Buffer[] = []
  #isCut = false

  constructor(reader: StreamReader | null, budget: OutputBudget) {
    this.#reader = reader
    this.#budget = budget
  }

  /** Reads to the end. @throws RangeError at the end of the budget. */
  *collect(): Gen<void> {
    if (this.#reader === null) return
    for (let chunk; (chunk = yield* this.#reader.read(chunkSize)) !== null;) {
      const kept = this.#budget.take(chunk)
      this.#chunks.push(kept)
      this.#isCut = kept.length < chunk.length
      if (this.#isCut) throw new RangeError('There is more output than may be kept.')
    }
  }

  /** All that was kept; null if there is no pipe. A character that was cut in two is left out. */
  in(encoding: OutputEncoding): Output {
    if (this.#reader === null) return null
    const bytes = Buffer.concat(this.#chunks)
    if (encoding === 'buffer') return bytes
    if (!this.#isCut) return bytes.toString('utf8')
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
  }
}
