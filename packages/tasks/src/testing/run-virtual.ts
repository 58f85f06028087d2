import { RandomSchedule, VirtualClock, type VirtualClockOptions } from '@tsyncio/loop/testing'

import type { Awaitable, AwaitableResult } from '../ensure-future.js'
import { run, type RunOptions } from '../run.js'

const node = globalThis.process as NodeJS.Process | undefined

/** How {@link runVirtual} runs. */
export interface VirtualOptions
  extends Omit<RunOptions, 'clock' | 'driver' | 'loopFactory' | 'ready'>, VirtualClockOptions {
  /**
   * Whether tasks that are ready in the same turn go in a random order. A number is the
   * seed; without one, it is taken from TSYNCIO_SEED, or by chance.
   */
  readonly shuffle?: boolean | number
}

function seedOf(shuffle: boolean | number): number {
  if (typeof shuffle === 'number') return shuffle
  return Number(node?.env?.['TSYNCIO_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
}

/**
 * As `run`, in virtual time: when all tasks are blocked, the clock jumps to the next
 * deadline. A run that nothing can wake any more is a `DeadlockError` after a second,
 * which says who waits for whom, and where.
 *
 * With `shuffle`, a run that fails prints its seed; the same seed gives the same order.
 *
 * @example
 * ```ts
 * import { getRunningLoop, sleep } from 'tsyncio'
 * import { runVirtual } from 'tsyncio/testing'
 *
 * await runVirtual(async () => {
 *   await sleep(3_600_000)
 *   console.log(getRunningLoop().time()) // 3600000
 * })
 * ```
 */
export async function runVirtual<A extends Awaitable>(
  main: A,
  options: VirtualOptions = {},
): Promise<AwaitableResult<A>> {
  const { shuffle = false, patience, giveUpAfter, ...rest } = options
  const clock = new VirtualClock(0, {
    ...(patience === undefined ? {} : { patience }),
    ...(giveUpAfter === undefined ? {} : { giveUpAfter }),
  })
  if (shuffle === false) return run(main, { ...rest, clock })
  const seed = seedOf(shuffle)
  try {
    return await run(main, { ...rest, clock, ready: new RandomSchedule(seed) })
  } catch (error) {
    console.error(`It failed in the order of seed ${seed}. Again: { shuffle: ${seed} }`)
    throw error
  }
}
