import { HeapItems } from './heap-items.js'
import { naturalOrder } from './natural-order.js'
import { Queue } from './queue.js'

/** How a {@link PriorityQueue} tells which item is lower. */
export interface PriorityQueueOptions<T> {
  /** As for `Array.prototype.sort`: negative if `a` is to come out before `b`. */
  readonly compare?: (a: T, b: T) => number
}

/**
 * A {@link Queue} that gives the lowest item first (asyncio's `PriorityQueue`).
 *
 * Without a compare function, items are numbers, strings, dates and the like, or arrays of
 * these, which are compared as Python compares its tuples: `[priority, item]`. Putting what
 * cannot be compared is a TypeError. Items of equal priority come out in the order in which
 * Python's `heapq` gives them, which is not that in which they were put.
 *
 * @example
 * ```ts
 * import { PriorityQueue, run } from 'tsyncio'
 *
 * await run(async () => {
 *   const queue = new PriorityQueue<[number, string]>()
 *   await queue.put([10, 'later'])
 *   await queue.put([9, 'first'])
 *   console.log(await queue.get()) // [ 9, 'first' ]
 * })
 * ```
 */
export class PriorityQueue<T = unknown> extends Queue<T> {
  constructor(maxsize = 0, options: PriorityQueueOptions<T> = {}) {
    const { compare = naturalOrder } = options
    if (typeof compare !== 'function') {
      throw new TypeError(`Expected a compare function, got ${typeof compare}.`)
    }
    super(maxsize, new HeapItems(compare))
  }
}
