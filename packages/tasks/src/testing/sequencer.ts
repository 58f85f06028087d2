import { InvalidStateError, type Future } from '@tsyncio/loop'

import { coroutine, type Coroutine, type Gen, type Out, type Started } from '../coroutine.js'
import { requireStrand } from '../current-strand.js'
import { startBody } from '../start-body.js'
import { SequenceBrokenError } from './sequence-broken-error.js'

/**
 * Forces pieces of different tasks into an order (trio's `Sequencer`): the body at place 1
 * begins when that at place 0 has ended, and so on.
 *
 * @example
 * ```ts
 * import { gather, run } from 'tsyncio'
 * import { Sequencer } from 'tsyncio/testing'
 *
 * await run(async () => {
 *   const sequence = new Sequencer()
 *   const say = (place: number, word: string) =>
 *     sequence.at(place, async () => console.log(word))
 *   await gather([say(2, 'third'), say(0, 'first'), say(1, 'second')])
 *   // first
 *   // second
 *   // third
 * })
 * ```
 */
export class Sequencer {
  readonly #claimed = new Set<number>()
  readonly #ended = new Set<number>()
  readonly #waiting = new Map<number, Future<void>>()
  #broken = false

  /**
   * Runs `body` when the place before has ended; each place is for one body. A body that
   * throws ends its place all the same.
   *
   * @throws SequenceBrokenError if one that waits for its place is cancelled: the places
   *   after it will never come.
   * @throws InvalidStateError for a place that was given away already.
   */
  at<S extends Started>(place: number, body: () => S): Coroutine<Out<S>> {
    if (!Number.isInteger(place) || place < 0)
      throw new RangeError(`Expected a place from 0 on, got ${String(place)}.`)
    if (typeof body !== 'function') throw new TypeError(`Expected a function, got ${typeof body}.`)
    return coroutine(this.#at(place, body))
  }

  *#at<S extends Started>(place: number, body: () => S): Gen<Out<S>> {
    const strand = requireStrand('Sequencer.at()')
    if (this.#claimed.has(place))
      throw new InvalidStateError(`Place ${place} of the sequence was given away already.`)
    this.#claimed.add(place)
    yield* this.#reach(place, strand.loop.createFuture<void>())
    try {
      return yield* startBody(strand, body)
    } finally {
      this.#end(place)
    }
  }

  *#reach(place: number, reached: Future<void>): Gen<void> {
    if (!this.#broken && place > 0 && !this.#ended.has(place - 1)) {
      this.#waiting.set(place, reached)
      try {
        yield* reached
      } catch (error) {
        this.#break()
        throw error
      } finally {
        this.#waiting.delete(place)
      }
    }
    if (this.#broken)
      throw new SequenceBrokenError(
        `Place ${place} of the sequence can never be reached: one that waited was cancelled.`,
      )
  }

  #end(place: number): void {
    this.#ended.add(place)
    wake(this.#waiting.get(place + 1))
  }

  #break(): void {
    this.#broken = true
    this.#waiting.forEach(wake)
  }
}

function wake(reached: Future<void> | undefined): void {
  if (reached?.done() === false) reached.setResult()
}
