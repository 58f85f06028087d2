import { awaitFuture } from './await-future.js'
import { CancelledError } from './cancelled-error.js'
import { Context } from './context.js'
import type { EventLoop } from './event-loop.js'
import { FutureWait } from './future-wait.js'
import { Handle, type Callback } from './handle.js'
import { InvalidStateError } from './invalid-state-error.js'
import type { Runnable } from './runnable.js'
import { getEventLoop } from './running-loop.js'
import type { Suspend } from './suspend.js'
import { reportLater, retrieved, type Unretrieved } from './unretrieved.js'

type State = 'pending' | 'finished' | 'cancelled'

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
  #result: T | undefined
  #failed = false
  #error: unknown
  #cancelMessage: string | undefined
  #unretrieved: Unretrieved | undefined
  #waiter: Runnable | undefined
  #moreWaiters: Runnable[] | undefined
  /** Where the future was made; in debug mode only. */
  readonly source: string | undefined

  constructor(options: { loop?: EventLoop } = {}) {
    this.#loop = options.loop ?? getEventLoop()
    this.source = this.#loop.debugSource()
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
    if (this.#state === 'cancelled') throw this.#makeCancelledError()
    if (this.#failed) {
      this.#markRetrieved()
      throw this.#error
    }
    return this.#result as T
  }

  /** What {@link cancel} was told; an error that cancelled a task has a message of its own. */
  get cancelMessage(): string | undefined {
    return this.#cancelMessage
  }

  /** What the future failed with, or `undefined`. Throws as {@link result} does otherwise. */
  exception(): unknown {
    if (this.#state === 'pending')
      throw new InvalidStateError(`${this.toString()} has no exception yet.`)
    if (this.#state === 'cancelled') throw this.#makeCancelledError()
    this.#markRetrieved()
    return this.#failed ? this.#error : undefined
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
    const context = options.context ?? Context.current.values
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
    else if (this.#waiter === undefined) this.#waiter = waiter
    else if (this.#moreWaiters === undefined) this.#moreWaiters = [waiter]
    else this.#moreWaiters.push(waiter)
  }

  removeWaiter(waiter: Runnable): boolean {
    return this.#keepWaiters((other) => other !== waiter) > 0
  }

  /** Who waits, in order: for reports and graphs. */
  waiters(): readonly Runnable[] {
    if (this.#waiter === undefined) return []
    return [this.#waiter, ...(this.#moreWaiters ?? [])]
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
    if (this.#state !== 'finished') return this.#state
    return this.#failed ? `failed: ${String(this.#error)}` : 'finished'
  }

  protected settleResult(value: T): void {
    this.#requirePending()
    this.#result = value
    this.#settle('finished')
  }

  protected settleException(error: unknown): void {
    this.#requirePending()
    this.#failed = true
    this.#error = error
    this.#unretrieved = reportLater(this, error)
    this.#settle('finished')
  }

  protected settleCancelled(message?: string, error?: unknown): boolean {
    if (this.#state !== 'pending') return false
    this.#cancelMessage = message
    this.#error = error
    this.#settle('cancelled')
    return true
  }

  #settle(state: State): void {
    this.#state = state
    const waiter = this.#waiter
    if (waiter === undefined) return
    this.#waiter = undefined
    this.#loop.schedule(waiter)
    const more = this.#moreWaiters
    if (more === undefined) return
    this.#moreWaiters = undefined
    for (const other of more) this.#loop.schedule(other)
  }

  #keepWaiters(keep: (waiter: Runnable) => boolean): number {
    if (this.#waiter === undefined) return 0
    const all =
      this.#moreWaiters === undefined ? [this.#waiter] : [this.#waiter, ...this.#moreWaiters]
    const [first, ...rest] = all.filter(keep)
    this.#waiter = first
    this.#moreWaiters = rest.length === 0 ? undefined : rest
    return all.length - (first === undefined ? 0 : 1 + rest.length)
  }

  // The error that cancelled a task is thrown once as it is, so that its stack shows
  // where it came from; everyone after that gets one of their own.
  #makeCancelledError(): unknown {
    const error = this.#error ?? new CancelledError(this.#cancelMessage)
    this.#error = undefined
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
