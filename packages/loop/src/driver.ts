import type { LoopCore } from './loop-core.js'

/**
 * What gives a loop its turns. A driver belongs to one run of one loop: it takes turns
 * from `start` to `stop`.
 */
export interface Driver {
  readonly name: 'hosted' | 'portable' | 'blocking'
  /** @param takeTurn called for each turn; it may stop this driver. */
  start(takeTurn: () => void): void
  stop(): void
  /** There is work, and no turn is under way. Called once for each batch of work. */
  wake(): void
  /**
   * Lets promise reactions (and Node's ticks) run now. False if that is impossible here:
   * the turn then stops in the middle, and goes on at the next one, which the driver
   * brings when they have run.
   */
  drainMicrotasks(): boolean
}

/** Makes the driver for a run of a loop. */
export type DriverFactory = (core: LoopCore) => Driver
