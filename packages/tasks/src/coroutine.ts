import type { Suspend } from '@tsyncio/loop'

import { awaitIterator } from './await-iterator.js'
import { traceAwaits } from './await-place.js'
import { coroutineTrail } from './never-awaited.js'

/** A coroutine spelled as a generator: it may only `yield*`. */
export type Gen<T> = Generator<Suspend, T, unknown>

declare const cold: unique symbol

/**
 * What a library call gives to be waited for: nothing has happened yet. Taken with
 * `yield*` or `await`, once, it runs inside the current task. It satisfies `Promise` by
 * its shape, so that `Promise.all` and friends take it.
 */
export interface Coroutine<T> extends Promise<T> {
  readonly [cold]: T
  [Symbol.iterator](): Iterator<Suspend, T, unknown>
}

/** What calling a body gives: a generator, or an async function's promise. */
export type Started = Gen<unknown> | Promise<unknown>
/** What can be made a task. */
export type Work = Coroutine<unknown> | Gen<unknown> | (() => Started)
/** The result of what a body returned. */
export type Out<S> =
  S extends Generator<Suspend, infer T, unknown>
    ? T
    : S extends PromiseLike<infer T>
      ? Awaited<T>
      : never
/** The result of {@link Work}. */
export type Result<W> = W extends () => infer S ? Out<S> : Out<W>

/**
 * What a call gives that turns out to have nothing to wait for, over and over the same. It
 * is a promise, since an `await` of one takes a quarter of what any other takes.
 */
export const nothingToWaitFor: Coroutine<void> = Object.assign(Promise.resolve(), {
  [Symbol.iterator]: () => alreadyDone,
}) as Promise<void> as Coroutine<void>

const alreadyDone: Iterator<never, void> = { next: () => ({ done: true, value: undefined }) }

class ColdCoroutine<T> implements PromiseLike<T> {
  #iterator: Iterator<Suspend, T, unknown> | undefined

  constructor(iterator: Iterator<Suspend, T, unknown>) {
    this.#iterator = iterator
    coroutineTrail?.made(this)
  }

  get [Symbol.toStringTag](): string {
    return 'Coroutine'
  }

  [Symbol.iterator](): Iterator<Suspend, T, unknown> {
    const iterator = this.#iterator
    if (iterator === undefined) {
      throw new TypeError('A coroutine can be taken once: make a task of it to wait for it twice.')
    }
    this.#iterator = undefined
    coroutineTrail?.taken(this)
    return iterator
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return awaitIterator(this[Symbol.iterator]()).then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return awaitIterator(this[Symbol.iterator]()).finally(onFinally)
  }
}

traceAwaits(ColdCoroutine.prototype)

/**
 * Makes a generator, or a hand-written iterator, awaitable: what library calls return.
 *
 * @example
 * ```ts
 * import { coroutine, type Coroutine, run, sleep } from 'tsyncio'
 *
 * function twice(n: number): Coroutine<number> {
 *   return coroutine(
 *     (function* () {
 *       yield* sleep(1)
 *       return 2 * n
 *     })(),
 *   )
 * }
 *
 * console.log(await run(async () => (await twice(20)) + 2)) // 42
 * ```
 */
export function coroutine<T>(iterator: Iterator<Suspend, T, unknown>): Coroutine<T> {
  if (typeof (iterator as Partial<typeof iterator> | undefined)?.next !== 'function') {
    throw new TypeError(
      `Expected a generator, got ${typeof iterator}: call the generator function.`,
    )
  }
  return new ColdCoroutine(iterator) as unknown as Coroutine<T>
}

/** Whether `value` is what {@link coroutine} gave. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  return value instanceof ColdCoroutine || value === nothingToWaitFor
}
