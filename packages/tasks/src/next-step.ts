import type { Suspend } from '@tsyncio/loop'

import { EndOfChannel } from './end-of-channel.js'

type Step<T> = IteratorResult<T, undefined>

/** A wait for a value, as a step of an iteration: its end is one, and no error. */
export class NextStep<T> implements Iterator<Suspend, Step<T>, unknown> {
  readonly #wait: Required<Pick<Iterator<Suspend, T, unknown>, 'next' | 'throw'>>

  constructor(wait: Iterator<Suspend, T, unknown>) {
    this.#wait = wait as Required<Iterator<Suspend, T, unknown>>
  }

  next(): IteratorResult<Suspend, Step<T>> {
    return this.#advance(undefined)
  }

  throw(error: unknown): IteratorResult<Suspend, Step<T>> {
    return this.#advance({ error })
  }

  #advance(thrown: { readonly error: unknown } | undefined): IteratorResult<Suspend, Step<T>> {
    try {
      const step = thrown === undefined ? this.#wait.next() : this.#wait.throw(thrown.error)
      if (step.done !== true) return step
      return { done: true, value: { done: false, value: step.value } }
    } catch (error) {
      if (!(error instanceof EndOfChannel)) throw error
      return { done: true, value: { done: true, value: undefined } }
    }
  }
}
