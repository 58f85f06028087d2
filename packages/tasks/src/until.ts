import type { Cancellable, CoroutineDriver, Suspend, Suspension } from '@tsyncio/loop'
import { CancelledError, isAskedWhere } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { requirePromises } from './require-promises.js'

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

/** Waits for a promise of somebody else's. */
export class PromiseWait<T> implements Iterator<Suspend, T, unknown>, Suspension, Cancellable {
  readonly #start: (signal: AbortSignal) => PromiseLike<T>
  readonly #controller: AbortController | undefined
  #strand: CoroutineDriver | undefined
  #outcome: Outcome<T> | undefined
  #started = false
  #cancelled = false

  constructor(
    start: (signal: AbortSignal) => PromiseLike<T>,
    controller: AbortController | undefined,
  ) {
    this.#start = start
    this.#controller = controller
  }

  next(): IteratorResult<Suspend, T> {
    if (isAskedWhere()) return { done: false, value: this as unknown as Suspend }
    if (!this.#started) this.#begin()
    if (this.#outcome === undefined) return { done: false, value: this as unknown as Suspend }
    if ('error' in this.#outcome) throw this.#outcome.error
    return { done: true, value: this.#outcome.value }
  }

  throw(error: unknown): never {
    throw error
  }

  suspend(strand: CoroutineDriver): Cancellable {
    this.#strand = strand
    return this
  }

  // The promise is abandoned, not ended: whoever gave it is told through the signal.
  cancel(message?: string): boolean {
    if (this.#outcome !== undefined) return false
    this.#cancelled = true
    const error = new CancelledError(message)
    this.#controller?.abort(error)
    this.#settle({ error })
    return true
  }

  cancelled(): boolean {
    return this.#cancelled
  }

  removeWaiter(): boolean {
    const waited = this.#strand !== undefined
    this.#strand = undefined
    return waited
  }

  #begin(): void {
    this.#started = true
    const { loop } = requireStrand('until()')
    requirePromises(loop, 'until()')
    loop.promiseSettled()
    const signal = this.#controller?.signal as AbortSignal
    Promise.resolve(this.#start(signal)).then(
      (value) => this.#settle({ value }),
      (error: unknown) => this.#settle({ error }),
    )
  }

  #settle(outcome: Outcome<T>): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    this.#strand?.getLoop().schedule(this.#strand)
  }
}

/**
 * Makes a promise waitable with `yield*`, and in both spellings something that can be
 * cancelled: the wait ends, the promise is abandoned. Given a function, calls it with a
 * signal that is aborted then.
 *
 * @param options.signal abandons the promise when it is aborted: the wait throws the
 *   signal's reason.
 * @example
 * ```ts
 * import { setTimeout } from 'node:timers/promises'
 * import { run, until } from 'tsyncio'
 *
 * await run(function* () {
 *   console.log(yield* until(Promise.resolve('kept'))) // kept
 *   console.log(yield* until((signal) => setTimeout(1, 'slept', { signal }))) // slept
 * })
 * ```
 */
export function until<T>(
  promise: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>),
  options: { readonly signal?: AbortSignal | undefined } = {},
): Coroutine<Awaited<T>> {
  const { signal } = options
  if (typeof promise === 'function') {
    const wait = new PromiseWait(promise, new AbortController())
    return coroutine(abortable(signal, wait)) as Coroutine<Awaited<T>>
  }
  if (typeof (promise as PromiseLike<T> | undefined)?.then !== 'function') {
    throw new TypeError(`Expected a promise or a function that gives one, got ${typeof promise}.`)
  }
  const wait = new PromiseWait(() => promise, undefined)
  return coroutine(abortable(signal, wait)) as Coroutine<Awaited<T>>
}
