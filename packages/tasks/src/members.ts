/** What can be among {@link Members}: it keeps its place for them. */
export interface Member {
  place: number
}

// Below this many gaps, closing them is not worth its while.
const mostGaps = 32

/**
 * What is alive, in the order in which it came: an array with gaps, since a Set of tasks
 * costs a quarter of all that making a task costs.
 */
export class Members<T extends Member> {
  #members: (T | undefined)[] = []
  #gaps = 0

  get size(): number {
    return this.#members.length - this.#gaps
  }

  /** A copy: who looks at it may change what there is. */
  all(): T[] {
    return this.#members.filter((member) => member !== undefined)
  }

  add(member: T): void {
    member.place = this.#members.length
    this.#members.push(member)
  }

  remove(member: T): void {
    if (this.#members[member.place] !== member) return
    if (member.place === this.#members.length - 1) {
      this.#members.pop()
      return
    }
    this.#members[member.place] = undefined
    if (++this.#gaps > mostGaps && this.#gaps > this.#members.length / 2) this.#closeGaps()
  }

  clear(): void {
    this.#members = []
    this.#gaps = 0
  }

  #closeGaps(): void {
    const members = this.all()
    this.clear()
    for (const member of members) this.add(member)
  }
}
