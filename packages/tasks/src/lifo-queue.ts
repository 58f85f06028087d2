import type { QueueItems } from './queue-items.js'
import { Queue } from './queue.js'

class Stack<T> implements QueueItems<T> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  push(item: T): void {
    this.#items.push(item)
  }

  pop(): T {
    return this.#items.pop() as T
  }
}

/**
 * A {@link Queue} that gives first what was put last (asyncio's `LifoQueue`).
 *
 * @example
 * ```ts
 * import { LifoQueue } from 'tsyncio'
 *
 * const queue = new LifoQueue<string>()
 * queue.putNowait('below')
 * queue.putNowait('above')
 * console.log(queue.getNowait()) // above
 * ```
 */
export class LifoQueue<T = unknown> extends Queue<T> {
  constructor(maxsize = 0) {
    super(maxsize, new Stack<T>())
  }
}
