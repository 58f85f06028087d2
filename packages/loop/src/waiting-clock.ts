import type { Clock } from './clock.js'
import type { LoopCore } from './loop-core.js'

/**
 * A clock that decides itself when a deadline has come, such as a virtual one. The loop
 * does not wait for time then, but asks the clock to go on.
 */
export interface WaitingClock extends Clock {
  /** For how many real milliseconds a loop that owns its thread waits for its fds first. */
  readonly patience: number
  /** Nothing is ready: goes on to `deadline`. */
  jump(deadline: number): void
  /**
   * Nothing is ready in a loop inside Node's: calls `wake` when the next deadline of
   * `core` has come. What it gives takes that back.
   */
  wait(core: LoopCore, wake: () => void): () => void
}

export function canWait(clock: Clock): clock is WaitingClock {
  return 'wait' in clock
}
