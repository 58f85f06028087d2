/** Where an item stands in a {@link LinkedQueue}. */
export interface Place<T> {
  readonly item: T
  before: Place<T> | undefined
  after: Place<T> | undefined
  /** False once the item has been taken or has left. */
  stands: boolean
}

/** First in, first out; whoever gives up its place does so without a search. */
export class LinkedQueue<T> {
  #first: Place<T> | undefined
  #last: Place<T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  push(item: T): Place<T> {
    const place: Place<T> = { item, before: this.#last, after: undefined, stands: true }
    if (this.#last === undefined) this.#first = place
    else this.#last.after = place
    this.#last = place
    this.#size++
    return place
  }

  shift(): T | undefined {
    const place = this.#first
    if (place === undefined) return undefined
    this.remove(place)
    return place.item
  }

  /** False if the item was not there any more. */
  remove(place: Place<T>): boolean {
    if (!place.stands) return false
    place.stands = false
    if (place.before === undefined) this.#first = place.after
    else place.before.after = place.after
    if (place.after === undefined) this.#last = place.before
    else place.after.before = place.before
    this.#size--
    return true
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let place = this.#first; place !== undefined; place = place.after) yield place.item
  }
}
