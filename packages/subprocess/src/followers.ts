import type { Gen } from '@tsyncio/tasks'

/** Those who end with a process, and may outlive it: its group, or its whole tree. */
export interface Followers {
  /** Sends a signal to everyone; says whether there is anybody. 0 only looks. */
  signal(number: number): boolean
  /** Waits until nobody of them runs. */
  ended(): Gen<void>
}
