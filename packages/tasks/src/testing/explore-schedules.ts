import type { Started } from '../coroutine.js'
import { runVirtual, type VirtualOptions } from './run-virtual.js'

/** How {@link exploreSchedules} runs. */
export interface ExploreOptions extends Omit<VirtualOptions, 'shuffle'> {
  /** How many orders to try; default 100. */
  readonly runs?: number
  /** The seed of the first; the others follow. Default 0. */
  readonly seed?: number
}

/**
 * Runs `main` again and again in virtual time, each time with its tasks in another order,
 * until it fails: finds what goes wrong in one order of a hundred. Prints the seed then,
 * for `runVirtual(main, { shuffle: seed })`.
 *
 * @example
 * ```ts
 * import { gather, sleep } from 'tsyncio'
 * import { exploreSchedules } from 'tsyncio/testing'
 *
 * let balance = 0
 * await exploreSchedules(
 *   async () => {
 *     balance = 0
 *     const pay = async (amount: number) => {
 *       await sleep(10)
 *       balance += amount
 *     }
 *     await gather([() => pay(1), () => pay(2), () => pay(3)])
 *     if (balance !== 6) throw new Error('Money was lost.')
 *   },
 *   { runs: 20 },
 * )
 * console.log(balance) // 6
 * ```
 */
export async function exploreSchedules(
  main: () => Started,
  options: ExploreOptions = {},
): Promise<void> {
  const { runs = 100, seed = 0, ...rest } = options
  for (let run = 0; run < runs; run++) await runVirtual(main, { ...rest, shuffle: seed + run })
}
