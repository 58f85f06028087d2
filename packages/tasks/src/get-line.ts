import type { LoopBinding } from './loop-binding.js'
import { QueueLine } from './queue-line.js'
import type { Queue } from './queue.js'

/** Those who wait for an item. */
export class GetLine<T> extends QueueLine<T> {
  readonly #queue: Queue<T>

  constructor(queue: Queue<T>, binding: LoopBinding) {
    super(binding)
    this.#queue = queue
  }

  protected isPossible(): boolean {
    return !this.#queue.empty()
  }

  take(): T {
    return this.#queue.getNowait()
  }
}
