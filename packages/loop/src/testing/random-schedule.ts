import { ReadyQueue } from '../ready-queue.js'
import type { Runnable } from '../runnable.js'

// Mulberry32: small, and the same everywhere.
function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

function isTask(runnable: Runnable): boolean {
  return 'getLoop' in runnable
}

/**
 * A ready queue in which the tasks that are ready in the same turn go in a random order,
 * the same for the same seed. Callbacks keep their places: `callSoon` promises them that.
 * For one loop.
 *
 * @example
 * ```ts
 * import { RandomSchedule } from '@tsyncio/loop/testing'
 * import { createTask, gather, run } from '@tsyncio/tasks'
 *
 * async function order(seed: number): Promise<string> {
 *   const order: number[] = []
 *   const work = (n: number) => async () => order.push(n)
 *   const main = async () => gather([1, 2, 3, 4].map((n) => createTask(work(n))))
 *   await run(main, { ready: new RandomSchedule(seed) })
 *   return order.join()
 * }
 *
 * console.log(await order(7), (await order(7)) === (await order(7))) // 1,4,2,3 true
 * ```
 */
export class RandomSchedule extends ReadyQueue {
  readonly seed: number
  readonly #random: () => number
  // What is left of the turn, last first.
  #turn: Runnable[] = []

  constructor(seed: number) {
    super()
    if (!Number.isInteger(seed)) throw new TypeError(`Expected an integer, got ${String(seed)}.`)
    this.seed = seed
    this.#random = randomNumbers(seed)
  }

  override get length(): number {
    return super.length + this.#turn.length
  }

  // A turn runs exactly what is ready when it begins: at its first handle, all that is here.
  override shift(): Runnable {
    if (this.#turn.length === 0) this.#begin()
    return this.#turn.pop() as Runnable
  }

  override clear(): void {
    super.clear()
    this.#turn = []
  }

  #begin(): void {
    const turn: Runnable[] = []
    while (super.length > 0) turn.push(super.shift())
    const tasks = turn.filter(isTask)
    this.#shuffle(tasks)
    this.#turn = turn.map((each) => (isTask(each) ? (tasks.pop() as Runnable) : each)).reverse()
  }

  #shuffle(tasks: Runnable[]): void {
    for (let i = tasks.length - 1; i > 0; i--) {
      const j = Math.floor(this.#random() * (i + 1))
      ;[tasks[i], tasks[j]] = [tasks[j] as Runnable, tasks[i] as Runnable]
    }
  }
}
