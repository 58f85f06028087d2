import type { Suspend } from '@tsyncio/loop'

import { isCoroutine, type Gen, type Work } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { Semaphore } from './semaphore.js'
import { isGenerator, startBody } from './start-body.js'

interface Steps {
  [Symbol.iterator](): Iterator<Suspend, unknown, unknown>
}

/** What a task has once it has begun. The group gives it back: nobody begins in one that fails. */
export interface Seat {
  place?: Disposable
}

/**
 * How many tasks of a group run at once. The others have taken their first step only to
 * stand in line, in the order in which they were made.
 */
export class GroupLimit extends Semaphore {
  /** The same work, not to begin before there is a place. What is no work stays what it is. */
  admit(work: Work, seat: Seat): Work {
    if (isCoroutine(work)) {
      const steps = work[Symbol.iterator]()
      return this.#begin({ [Symbol.iterator]: () => steps }, seat)
    }
    if (typeof work !== 'function' && !isGenerator(work)) return work
    return this.#begin(work as never, seat)
  }

  *#begin(work: Steps | (() => never), seat: Seat): Gen<unknown> {
    seat.place = yield* this.acquire()
    return yield* typeof work === 'function' ? startBody(requireStrand('A task'), work) : work
  }
}
