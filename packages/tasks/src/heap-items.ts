import type { QueueItems } from './queue-items.js'

/**
 * Lowest first: a binary heap. Items that are equal come out in the order in which Python's
 * heapq gives them, so the steps are its own: a hole sinks to a leaf along the lower
 * children, and the last item rises from there.
 *
 * All comparisons come before the first change: one that throws leaves the heap as it was.
 */
export class HeapItems<T> implements QueueItems<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #heap: T[] = []

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#heap.length
  }

  push(item: T): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0 && this.#isLess(item, heap[parent(place)] as T)) place = parent(place)
    for (let hole = heap.length; hole > place; hole = parent(hole)) {
      heap[hole] = heap[parent(hole)] as T
    }
    heap[place] = item
  }

  pop(): T {
    const heap = this.#heap
    const last = heap[heap.length - 1] as T
    let place = this.#sink(heap.length - 1)
    while (place > 0 && this.#isLess(last, heap[place] as T)) place = parent(place)
    // Everything from there to the top moves up by one, and the top falls out.
    let item = last
    for (let hole = place; ; hole = parent(hole)) {
      const replaced = heap[hole] as T
      heap[hole] = item
      item = replaced
      if (hole === 0) break
    }
    heap.pop()
    return item
  }

  #isLess(a: T, b: T): boolean {
    return this.#compare(a, b) < 0
  }

  /** The leaf, among the first `size` items, that one comes to by way of the lower children. */
  #sink(size: number): number {
    let place = 0
    for (let child = 1; child < size; child = 2 * place + 1) {
      const right = child + 1
      const isRight = right < size && !this.#isLess(this.#heap[child] as T, this.#heap[right] as T)
      place = isRight ? right : child
    }
    return place
  }
}

function parent(place: number): number {
  return (place - 1) >> 1
}
