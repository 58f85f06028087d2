import type { PutLine } from './put-line.js'
import { Waiter } from './waiter.js'

/** One who waits for room, and what it brings along. */
export class Putter<T> extends Waiter<void> {
  readonly item: T

  constructor(line: PutLine<T>, item: T) {
    super(line)
    this.item = item
  }
}
