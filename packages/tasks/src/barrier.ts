import { abortable } from './abortable.js'
import { BrokenBarrierError } from './broken-barrier-error.js'
import { Condition } from './condition.js'
import { coroutine, type Coroutine, type Gen } from './coroutine.js'
import { requireInteger } from './require-integer.js'

type State = 'filling' | 'draining' | 'resetting' | 'broken'

/**
 * A place where tasks wait for each other (asyncio's `Barrier`): all go on when the last
 * one has come. Then it can be used again; who comes back while others are still leaving
 * waits for these first.
 *
 * @example
 * ```ts
 * import { Barrier, gather, run } from 'tsyncio'
 *
 * const barrier = new Barrier(3)
 *
 * console.log(await run(async () => gather([barrier.wait(), barrier.wait(), barrier.wait()]))) // [ 0, 1, 2 ]
 * ```
 */
export class Barrier {
  readonly #parties: number
  readonly #changed = new Condition()
  #state: State = 'filling'
  #count = 0

  /** @param parties how many tasks it takes. */
  constructor(parties: number) {
    requireInteger(parties, 'a number of parties', 1)
    this.#parties = parties
  }

  /**
   * Waits until as many tasks have come as it takes. Cancelling gives up the place; the
   * others go on waiting.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @returns 0 for the first that came, and so on: `parties - 1` for the last.
   * @throws BrokenBarrierError if the barrier is broken, or is reset or aborted meanwhile.
   */
  wait(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<number> {
    return coroutine(
      abortable(
        options?.signal,
        this.#locked(() => this.#wait()),
      ),
    )
  }

  /** Makes it as new; tasks that wait at it get a {@link BrokenBarrierError}. */
  reset(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<void> {
    const change = this.#change(() => (this.#count > 0 ? 'resetting' : 'filling'))
    return coroutine(abortable(options?.signal, change))
  }

  /** Breaks it, until it is reset: who waits or comes gets a {@link BrokenBarrierError}. */
  abort(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<void> {
    const change = this.#change(() => 'broken')
    return coroutine(abortable(options?.signal, change))
  }

  get parties(): number {
    return this.#parties
  }

  /** How many tasks wait for the others to come. */
  get nWaiting(): number {
    return this.#state === 'filling' ? this.#count : 0
  }

  get broken(): boolean {
    return this.#state === 'broken'
  }

  toString(): string {
    return `<Barrier ${this.#state}, waiters: ${this.nWaiting}/${this.#parties}>`
  }

  *#locked<T>(body: () => Gen<T>): Gen<T> {
    yield* this.#changed.acquire()
    try {
      return yield* body()
    } finally {
      this.#changed.release()
    }
  }

  *#wait(): Gen<number> {
    yield* this.#changed.waitFor(() => this.#state === 'filling' || this.#state === 'broken')
    if (this.#state === 'broken') throw this.#brokenError()
    const index = this.#count++
    try {
      if (this.#count === this.#parties) this.#enter('draining')
      else yield* this.#waitForOthers()
      return index
    } finally {
      this.#leave()
    }
  }

  *#waitForOthers(): Gen<void> {
    const state = yield* this.#changed.waitFor(() => this.#state !== 'filling' && this.#state)
    if (state !== 'draining') throw this.#brokenError()
  }

  // The last one to leave makes room for those who have come back.
  #leave(): void {
    this.#count--
    if (this.#count === 0) this.#enter(this.broken ? 'broken' : 'filling')
  }

  *#change(state: () => State): Gen<void> {
    yield* this.#changed.acquire()
    try {
      this.#enter(state())
    } finally {
      this.#changed.release()
    }
  }

  #enter(state: State): void {
    this.#state = state
    this.#changed.notifyAll()
  }

  #brokenError(): BrokenBarrierError {
    return new BrokenBarrierError(`${this.toString()} was aborted, or reset while tasks waited.`)
  }
}
