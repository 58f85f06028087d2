import {
  isAskedWhere,
  type CoroutineDriver,
  type Future,
  type Suspend,
  type Suspension,
  type TimerHandle,
} from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { requireStrand } from './current-strand.js'

/** Gives way once: the strand goes to the end of the ready queue. */
const giveWay: Suspension = {
  suspend(strand: CoroutineDriver): null {
    strand.getLoop().schedule(strand)
    return null
  },
}

const givesWay = { done: false, value: giveWay as unknown as Suspend } as const

/** Is its own result in the end, which is one object less for each switch. */
class GiveWay<T> implements Iterator<Suspend, T, unknown>, IteratorReturnResult<T> {
  readonly done = true
  readonly value: T
  #gave = false

  constructor(result: T) {
    this.value = result
  }

  next(): IteratorResult<Suspend, T> {
    if (this.#gave && !isAskedWhere()) return this
    this.#gave = true
    return givesWay
  }

  throw(error: unknown): never {
    throw error
  }
}

class Sleep<T> implements Iterator<Suspend, T, unknown> {
  readonly #delay: number
  readonly #result: T
  #timer: TimerHandle | undefined
  #wait: Iterator<Suspend, T, unknown> | undefined

  constructor(delay: number, result: T) {
    this.#delay = delay
    this.#result = result
  }

  next(): IteratorResult<Suspend, T> {
    try {
      this.#wait ??= this.#begin()
      const step = this.#wait.next()
      if (step.done === true) this.#timer?.cancel()
      return step
    } catch (error) {
      return this.throw(error)
    }
  }

  throw(error: unknown): never {
    this.#timer?.cancel()
    throw error
  }

  #begin(): Iterator<Suspend, T, unknown> {
    const { loop } = requireStrand('sleep()')
    const future = loop.createFuture<T>()
    this.#timer = loop.callLater(this.#delay, wake, future, this.#result)
    return future[Symbol.iterator]()
  }
}

function wake<T>(future: Future<T>, result: T): void {
  if (!future.done()) future.setResult(result)
}

/**
 * Waits for `delay` milliseconds, never less, and gives `result`. If `delay` is not
 * positive, gives way to what is ready, once. Cancelling takes the timer back.
 *
 * @param options.signal ends the sleep when it is aborted: it throws the signal's reason.
 * @throws RangeError if `delay` is NaN.
 * @example
 * ```ts
 * import { run, sleep } from 'tsyncio'
 *
 * console.log(await run(() => sleep(5, 'rested'))) // rested
 * ```
 */
export function sleep(
  delay: number,
  result?: undefined,
  options?: { readonly signal?: AbortSignal | undefined },
): Coroutine<void>
export function sleep<T>(
  delay: number,
  result: T,
  options?: { readonly signal?: AbortSignal | undefined },
): Coroutine<T>
export function sleep(
  delay: number,
  result?: unknown,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Coroutine<unknown> {
  if (typeof delay !== 'number') {
    throw new TypeError(`Expected milliseconds, got ${String(delay)} (${typeof delay}).`)
  }
  if (Number.isNaN(delay)) throw new RangeError('Expected milliseconds, got NaN.')
  const wait = delay <= 0 ? new GiveWay(result) : new Sleep(delay, result)
  return coroutine(abortable(signal, wait))
}
