import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

/**
 * One read after the other, until there is nothing more. Async functions take it with
 * `for await`; generators take `yield* reads.next()`. Leaving early ends nothing: the rest
 * is still in the stream.
 */
export class Reads implements AsyncIterableIterator<Buffer, undefined> {
  readonly #read: () => Coroutine<Buffer | null>

  constructor(read: () => Coroutine<Buffer | null>) {
    this.#read = read
  }

  next(): Coroutine<IteratorResult<Buffer, undefined>> {
    return coroutine(this.#next())
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  *#next(): Gen<IteratorResult<Buffer, undefined>> {
    const value = yield* this.#read()
    return value === null ? { done: true, value: undefined } : { done: false, value }
  }
}
