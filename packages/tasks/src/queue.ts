import { InvalidStateError } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { FifoItems } from './fifo-items.js'
import { GetLine } from './get-line.js'
import { JoinLine } from './join-line.js'
import { LoopBinding } from './loop-binding.js'
import { PutLine } from './put-line.js'
import { Putter } from './putter.js'
import { QueueEmpty } from './queue-empty.js'
import { QueueFull } from './queue-full.js'
import type { QueueItems } from './queue-items.js'
import { Waiter } from './waiter.js'

/**
 * Hands things from the tasks that put to the tasks that get, first in, first out
 * (asyncio's `Queue`). Both sides wait in the order in which they came: to get while there
 * is nothing, to put while there is no room.
 *
 * A wait that is cancelled has taken or put nothing, whenever the cancellation comes. It
 * belongs to the loop of the first task that waits.
 *
 * @example
 * ```ts
 * import { Queue, run, taskGroup } from 'tsyncio'
 *
 * await run(async () => {
 *   const jobs = new Queue<string>(1)
 *   await taskGroup(async (group) => {
 *     group.createTask(async () => {
 *       for (const job of ['wash', 'dry']) await jobs.put(job)
 *     })
 *     console.log(await jobs.get(), await jobs.get()) // wash dry
 *   })
 * })
 * ```
 */
export class Queue<T = unknown> {
  readonly #maxsize: number
  readonly #items: QueueItems<T>
  readonly #getters: GetLine<T>
  readonly #putters: PutLine<T>
  readonly #joiners: JoinLine

  /**
   * @param maxsize how many items there is room for; no limit if it is not positive.
   * @param items where they are kept, for an order of your own.
   */
  constructor(maxsize = 0, items: QueueItems<T> = new FifoItems<T>()) {
    if (typeof maxsize !== 'number') {
      throw new TypeError(`Expected a number of items, got ${String(maxsize)} (${typeof maxsize}).`)
    }
    if (Number.isNaN(maxsize)) throw new RangeError('Expected a number of items, got NaN.')
    this.#maxsize = maxsize
    this.#items = items
    const binding = new LoopBinding(this)
    this.#getters = new GetLine(this, binding)
    this.#putters = new PutLine(this, binding)
    this.#joiners = new JoinLine(binding)
  }

  /** How many items there is room for; no limit if it is not positive. */
  get maxsize(): number {
    return this.#maxsize
  }

  /** How many items there are. */
  qsize(): number {
    return this.#items.size
  }

  empty(): boolean {
    return this.#items.size === 0
  }

  full(): boolean {
    return this.#maxsize > 0 && this.#items.size >= this.#maxsize
  }

  /**
   * Puts an item, when there is room. Cancelled, it has not put it.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @throws QueueShutDown if the queue was shut down, or is while this waits.
   */
  put(item: T, options?: { readonly signal?: AbortSignal | undefined }): Coroutine<void> {
    return coroutine(abortable(options?.signal, new Putter(this.#putters, item)))
  }

  /**
   * Puts an item, if there is room now.
   *
   * @throws QueueFull if there is none; QueueShutDown if the queue was shut down.
   */
  putNowait(item: T): void {
    this.#putters.requireOpen()
    if (this.full()) {
      throw new QueueFull(`${this.toString()} is full: put() waits until there is room.`)
    }
    this.#items.push(item)
    this.#joiners.unfinished++
    this.#getters.wakeNext()
  }

  /**
   * Takes the next item, when there is one. Cancelled, it has taken none.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @throws QueueShutDown if the queue was shut down and is empty, or is while this waits.
   */
  get(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<T> {
    return coroutine(abortable(options?.signal, new Waiter(this.#getters)))
  }

  /**
   * Takes the next item, if there is one now.
   *
   * @throws QueueEmpty if there is none; QueueShutDown if there never will be.
   */
  getNowait(): T {
    if (this.empty()) {
      this.#getters.requireOpen()
      throw new QueueEmpty(`${this.toString()} is empty: get() waits until there is something.`)
    }
    const item = this.#items.pop()
    this.#putters.wakeNext()
    return item
  }

  /**
   * Says that the work on one of the items is done: what {@link join} waits for.
   *
   * @throws InvalidStateError if it was said more often than items were put.
   */
  taskDone(): void {
    if (this.#joiners.unfinished === 0) {
      throw new InvalidStateError(`taskDone() was called too often for ${this.toString()}.`)
    }
    this.#joiners.finishOne()
  }

  /**
   * Waits until {@link taskDone} was called for every item that was put.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   */
  join(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<void> {
    return coroutine(abortable(options?.signal, new Waiter(this.#joiners)))
  }

  /**
   * Ends the queue: nothing can be put any more, what is in it can still be taken, and then
   * `get` throws. Everybody who waits is woken to see.
   *
   * @param options.immediate throws away what is in it, and counts it as done.
   */
  shutdown(options: { readonly immediate?: boolean } = {}): void {
    this.#getters.isShutDown = this.#putters.isShutDown = true
    if (options.immediate === true) {
      while (!this.empty()) {
        this.#items.pop()
        if (this.#joiners.unfinished > 0) this.#joiners.finishOne()
      }
    }
    this.#getters.wakeAll()
    this.#putters.wakeAll()
  }

  toString(): string {
    const parts = [`maxsize: ${this.#maxsize}`, `items: ${this.qsize()}`]
    if (this.#getters.length > 0) parts.push(`getters: ${this.#getters.length}`)
    if (this.#putters.length > 0) parts.push(`putters: ${this.#putters.length}`)
    if (this.#joiners.unfinished > 0) parts.push(`unfinished: ${this.#joiners.unfinished}`)
    if (this.#getters.isShutDown) parts.push('shut down')
    return `<${this.constructor.name} ${parts.join(', ')}>`
  }
}
