import { InvalidStateError, isCancelled } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { CompletingWait } from './completing-wait.js'
import { coroutine, type Coroutine, type Gen } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { Line } from './line.js'
import { Lock } from './lock.js'
import { LoopBinding } from './loop-binding.js'
import { requireInteger } from './require-integer.js'
import { Waiter } from './waiter.js'

class ConditionLine extends Line<true> {
  take(): true {
    return true
  }
}

/**
 * Waiting for something that a {@link Lock} protects to change (asyncio's `Condition`).
 *
 * Whoever holds the lock may `wait`, which lets go of it meanwhile; whoever has changed
 * something notifies the waiters, and they have the lock again, one after the other, when
 * they go on. A wait may end without need: look again at what it was for, or `waitFor` it.
 *
 * @example
 * ```ts
 * import { Condition, createTask, run } from 'tsyncio'
 *
 * await run(async () => {
 *   const stock = new Condition()
 *   let apples = 0
 *   const buyer = createTask(async () => {
 *     using held = await stock.acquire()
 *     await stock.waitFor(() => apples >= 2)
 *     console.log(`${apples} apples`)
 *   })
 *   for (let i = 0; i < 2; i++) {
 *     using held = await stock.acquire()
 *     apples++
 *     stock.notifyAll()
 *   }
 *   await buyer // 2 apples
 * })
 * ```
 */
export class Condition {
  readonly #lock: Lock
  readonly #line = new ConditionLine(new LoopBinding(this))

  /** @param lock the lock to use; several conditions may share one. Default: one of its own. */
  constructor(lock: Lock = new Lock()) {
    if (!(lock instanceof Lock)) throw new TypeError(`Expected a Lock, got ${String(lock)}.`)
    this.#lock = lock
  }

  /** As {@link Lock.acquire}, of the lock. */
  acquire(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<Disposable> {
    return this.#lock.acquire(options)
  }

  /** As {@link Lock.release}, of the lock. */
  release(): void {
    this.#lock.release()
  }

  locked(): boolean {
    return this.#lock.locked()
  }

  /**
   * Releases the lock, waits to be notified, and acquires the lock again.
   *
   * Cancelling ends the wait, but it is thrown only when the lock has been acquired again:
   * a second cancellation meanwhile does not keep it from that. If this was notified
   * already, another waiter is notified in its place.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @throws InvalidStateError if the lock is not locked.
   */
  wait(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<true> {
    return coroutine(abortable(options?.signal, this.#wait()))
  }

  /**
   * Waits, as often as it takes, until `predicate` gives something true, and gives that. It
   * is called with the lock held; not waiting at all if it is true to begin with.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   */
  waitFor<T>(
    predicate: () => T,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Coroutine<T> {
    if (typeof predicate !== 'function') {
      throw new TypeError(`Expected a function, got ${typeof predicate}.`)
    }
    return coroutine(abortable(options?.signal, this.#waitFor(predicate)))
  }

  /**
   * Wakes up to `n` of those who wait, in the order in which they came. They go on when
   * they get the lock, so not before it is released.
   *
   * @throws InvalidStateError if the lock is not locked.
   */
  notify(n = 1): void {
    if (n !== Infinity) requireInteger(n, 'how many to notify', 0)
    this.#requireLocked('notified')
    for (let i = 0; i < n && this.#line.wakeNext(); i++);
  }

  /** Wakes all of those who wait. */
  notifyAll(): void {
    this.notify(Infinity)
  }

  toString(): string {
    const { length } = this.#line
    const state = this.locked() ? 'locked' : 'unlocked'
    return `<Condition ${state}${length > 0 ? `, waiters: ${length}` : ''}>`
  }

  *#wait(): Gen<true> {
    this.#requireLocked('waited for')
    this.#line.bind()
    this.release()
    const completing = new CompletingWait(requireStrand('a Condition'))
    let failure: { readonly error: unknown } | undefined
    try {
      yield* new Waiter(this.#line)
    } catch (error) {
      failure = { error }
      completing.interrupted()
    }
    try {
      failure = (yield* this.#acquireAgain(completing)) ?? failure
    } catch (error) {
      failure = { error }
    }
    completing.end()
    if (failure === undefined) return true
    // It may have been notified: then somebody else has to know.
    this.#line.wakeNext()
    throw failure.error
  }

  /** Acquires the lock whatever happens, and gives the last cancellation that came meanwhile. */
  *#acquireAgain(completing: CompletingWait): Gen<{ readonly error: unknown } | undefined> {
    let cancellation
    for (;;) {
      try {
        yield* this.acquire()
        return cancellation
      } catch (error) {
        if (!isCancelled(error)) throw error
        cancellation = { error }
        completing.interrupted()
      }
    }
  }

  *#waitFor<T>(predicate: () => T): Gen<T> {
    for (;;) {
      const result = predicate()
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
        throw new TypeError('The predicate of waitFor() gave a promise: it must not be async.')
      }
      if (result) return result
      yield* this.#wait()
    }
  }

  #requireLocked(what: string): void {
    if (this.locked()) return
    throw new InvalidStateError(`${this.toString()} can be ${what} only while it is locked.`)
  }
}
