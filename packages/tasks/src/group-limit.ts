import { Future, type EventLoop, type Suspend } from '@tsyncio/loop'

import { isCoroutine, type Gen, type Work } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { LinkedQueue, type Place } from './linked-queue.js'
import { isGenerator, startBody } from './start-body.js'

/** What a task in the line waits for; named in reports. */
class TurnInGroup extends Future<void> {
  place: Place<TurnInGroup> | undefined

  get granted(): boolean {
    return this.done() && !this.cancelled()
  }
}

interface Steps {
  [Symbol.iterator](): Iterator<Suspend, unknown, unknown>
}

function* behind(turn: TurnInGroup, work: Steps | (() => never)): Gen<unknown> {
  yield* turn
  return yield* typeof work === 'function' ? startBody(requireStrand('A task'), work) : work
}

/**
 * How many tasks of a group run at once. The others have made their first step only to
 * stand in line, in the order in which they were made.
 */
export class GroupLimit {
  readonly #loop: EventLoop
  readonly #line = new LinkedQueue<TurnInGroup>()
  #free: number

  constructor(limit: number, loop: EventLoop) {
    this.#free = limit
    this.#loop = loop
  }

  /** Takes a free place for a new task; if there is none, gives what it has to wait for. */
  take(): TurnInGroup | undefined {
    if (this.#free > 0) {
      this.#free--
      return undefined
    }
    const turn = new TurnInGroup({ loop: this.#loop })
    turn.place = this.#line.push(turn)
    return turn
  }

  /** The work, not to begin before its turn. What is no work is given back as it is. */
  admit(work: Work, turn: TurnInGroup | undefined): Work {
    if (turn === undefined) return work
    if (isCoroutine(work)) {
      const steps = work[Symbol.iterator]()
      return behind(turn, { [Symbol.iterator]: () => steps })
    }
    if (typeof work !== 'function' && !isGenerator(work)) return work
    return behind(turn, work as never)
  }

  /** The task has ended: the next one in line gets its place, if it had one. */
  leave(turn: TurnInGroup | undefined): void {
    if (turn?.granted === false) {
      if (turn.place !== undefined) this.#line.remove(turn.place)
      return
    }
    let next = this.#line.shift()
    // Cancelled in the line, and about to leave it.
    while (next?.done() === true) next = this.#line.shift()
    if (next === undefined) this.#free++
    else next.setResult()
  }
}
