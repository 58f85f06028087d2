import { awaitFuture } from './await-future.js'
import { CancelledError } from './cancelled-error.js'
import { Context } from './context.js'
import { sourceOfCaller } from './debug.js'
import type { EventLoop } from './event-loop.js'
import { FutureWait } from './future-wait.js'
import { Handle, type Callback } from './handle.js'
import { InvalidStateError } from './invalid-state-error.js'
import type { Runnable } from './runnable.js'
import { getEventLoop } from './running-loop.js'
import { noteSource, sourceOf } from './source.js'
import type { Suspend } from './suspend.js'
import { reportLater, retrieved, type Unretrieved } from './unretrieved.js'

type State = 'pending' | 'finished' | 'failed' | 'cancelled'

/** What a cancelled future was told, and the error that cancelled it, until it is thrown. */
interface Cancellation {
  readonly message: string | undefined
  error: unknown
}

/**
 * A result that is not there yet (asyncio's `Future`). Hot: whoever made it will settle it.
 *
 * Taken with `yield* future` in a generator, `await future` in an async function. Its
 * callbacks never run at once but in the next turn of its loop, in the order in which
 * they were added. Cancelling a future that is waited for throws a
 * {@link CancelledError} at the wait.
 *
 * @example
 * ```ts
 * import { getEventLoop } from '@tsyncio/loop'
 *
 * const loop = getEventLoop()
 * const answer = loop.createFuture<number>()
 * loop.callLater(1, () => answer.setResult(42))
 * console.log(await answer) // 42
 * ```
 */
export class Future<out T = unknown> implements PromiseLike<T> {
  readonly #loop: EventLoop
  #state: State = 'pending'
  /** The result, the error or the {@link Cancellation}, by the state. */
  #outcome: unknown
  #unretrieved: Unretrieved | undefined
  #waiters: Runnable | Runnable[] | undefined

  constructor(options: { loop?: EventLoop } = {}) {
    this.#loop = options.loop ?? getEventLoop()
    if (this.#loop.getDebug()) noteSource(this, sourceOfCaller())
  }

  /** Where the future was made; in debug mode only. */
  get source(): string | undefined {
    return sourceOf(this)
  }

  getLoop(): EventLoop {
    return this.#loop
  }

  done(): boolean {
    return this.#state !== 'pending'
  }

  cancelled(): boolean {
    return this.#state === 'cancelled'
  }

  /**
   * The result. Throws what the future failed with, a {@link CancelledError} if it was
   * cancelled, an {@link InvalidStateError} while it is pending.
   */
  result(): T {
    if (this.#state === 'pending')
      throw new InvalidStateError(`${this.toString()} has no result yet.`)
    if (this.#state === 'finished') return this.#outcome as T
    if (this.#state === 'cancelled') throw this.#makeCancelledError()
    this.#markRetrieved()
    throw this.#outcome
  }

  /** What {@link cancel} was told; an error that cancelled a task has a message of its own. */
  get cancelMessage(): string | undefined {
    return this.#state === 'cancelled' ? (this.#outcome as Cancellation).message : undefined
  }

  /** What the future failed with, or `undefined`. Throws as {@link result} does otherwise. */
  exception(): unknown {
    if (this.#state === 'pending')
      throw new InvalidStateError(`${this.toString()} has no exception yet.`)
    if (this.#state === 'cancelled') throw this.#makeCancelledError()
    this.#markRetrieved()
    return this.#state === 'failed' ? this.#outcome : undefined
  }

  /** @throws InvalidStateError if the future is done. */
  setResult(value: T): void {
    this.settleResult(value)
  }

  /** @throws InvalidStateError if the future is done. */
  setException(error: unknown): void {
    this.settleException(error)
  }

  /**
   * Cancels the future and everyone who waits for it; false if it was done already. A
   * failure that nobody has looked at counts as seen then.
   */
  cancel(message?: string): boolean {
    this.#markRetrieved()
    return this.settleCancelled(message)
  }

  /**
   * Calls `callback(future)` in the turn after the future is done, in a copy of the context
   * that is current now or in the one given.
   *
   * @throws InvalidStateError if the loop is closed: there is no turn to come.
   */
  addDoneCallback(callback: (future: this) => unknown, options: { context?: Context } = {}): void {
    if (typeof callback !== 'function')
      throw new TypeError(`Expected a function, got ${typeof callback}.`)
    if (this.#loop.isClosed()) throw new InvalidStateError('The loop is closed.')
    const context = options.context ?? Context.currentValues
    this.addWaiter(new Handle(this.#loop, callback as Callback, [this], context))
  }

  /** Takes back every registration of `callback`, and says how many there were. */
  removeDoneCallback(callback: (future: this) => unknown): number {
    return this.#keepWaiters(
      (waiter) => !(waiter instanceof Handle && waiter.calls(callback as Callback)),
    )
  }

  /** The cheap form of a done callback: `waiter` is scheduled when the future is done. */
  addWaiter(waiter: Runnable): void {
    if (this.#state !== 'pending') this.#loop.schedule(waiter)
    else if (this.#waiters === undefined) this.#waiters = waiter
    else if (Array.isArray(this.#waiters)) this.#waiters.push(waiter)
    else this.#waiters = [this.#waiters, waiter]
  }

  removeWaiter(waiter: Runnable): boolean {
    return this.#keepWaiters((other) => other !== waiter) > 0
  }

  /** Who waits, in order: for reports and graphs. */
  waiters(): readonly Runnable[] {
    if (this.#waiters === undefined) return []
    return Array.isArray(this.#waiters) ? [...this.#waiters] : [this.#waiters]
  }

  [Symbol.iterator](): Iterator<Suspend, T, unknown> {
    return new FutureWait(this)
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return awaitFuture(this, onFulfilled, onRejected)
  }

  toString(): string {
    const place = this.source === undefined ? '' : ` created at ${this.source}`
    return `<${this.constructor.name} ${this.describe()}${place}>`
  }

  protected describe(): string {
    return this.#state === 'failed' ? `failed: ${String(this.#outcome)}` : this.#state
  }

  protected settleResult(value: T): void {
    this.#requirePending()
    this.#settle('finished', value)
  }

  protected settleException(error: unknown): void {
    this.#requirePending()
    this.#unretrieved = reportLater(this, error)
    this.#settle('failed', error)
  }

  protected settleCancelled(message?: string, error?: unknown): boolean {
    if (this.#state !== 'pending') return false
    this.#settle('cancelled', { message, error } satisfies Cancellation)
    return true
  }

  #settle(state: State, outcome: unknown): void {
    this.#state = state
    this.#outcome = outcome
    const waiters = this.#waiters
    if (waiters === undefined) return
    this.#waiters = undefined
    if (!Array.isArray(waiters)) return this.#loop.schedule(waiters)
    for (const waiter of waiters) this.#loop.schedule(waiter)
  }

  #keepWaiters(keep: (waiter: Runnable) => boolean): number {
    const before = this.waiters()
    const kept = before.filter(keep)
    this.#waiters = kept.length > 1 ? kept : kept[0]
    return before.length - kept.length
  }

  // The error that cancelled a task is thrown once as it is, so that its stack shows
  // where it came from; everyone after that gets one of their own.
  #makeCancelledError(): unknown {
    const cancellation = this.#outcome as Cancellation
    const error = cancellation.error ?? new CancelledError(cancellation.message)
    cancellation.error = undefined
    return error
  }

  #markRetrieved(): void {
    if (this.#unretrieved === undefined) return
    retrieved(this.#unretrieved)
    this.#unretrieved = undefined
  }

  #requirePending(): void {
    if (this.#state !== 'pending')
      throw new InvalidStateError(`${this.toString()} is done already.`)
  }
}

/** Whether `value` is a future or a task. */
export function isFuture(value: unknown): value is Future {
  return value instanceof Future
}
