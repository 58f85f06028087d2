import type { LoopBinding } from './loop-binding.js'
import type { Putter } from './putter.js'
import { QueueLine } from './queue-line.js'
import type { Queue } from './queue.js'

/** Those who wait for room. */
export class PutLine<T> extends QueueLine<void> {
  readonly #queue: Queue<T>

  constructor(queue: Queue<T>, binding: LoopBinding) {
    super(binding)
    this.#queue = queue
  }

  protected isPossible(): boolean {
    return !this.#queue.full()
  }

  take(putter: Putter<T>): void {
    this.#queue.putNowait(putter.item)
  }
}
