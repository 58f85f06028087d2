/** Where a queue keeps its items, and so the order in which it gives them. */
export interface QueueItems<T> {
  readonly size: number
  push(item: T): void
  /** Takes the next one; never called when there is none. */
  pop(): T
}
