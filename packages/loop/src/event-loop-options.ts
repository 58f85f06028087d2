import type { Selector } from '@tsyncio/selectors'

import type { Clock } from './clock.js'
import type { DriverFactory } from './driver.js'
import type { ReadyQueue } from './ready-queue.js'

/** What a loop is made of; everything has a default. */
export interface EventLoopOptions {
  /** How fds are watched; default: the best there is, or what TSYNCIO_SELECTOR names. */
  readonly selector?: Selector
  /** What time it is; default: the system's monotonic clock. */
  readonly clock?: Clock
  /** In which order what is ready runs; default: the oldest first. */
  readonly ready?: ReadyQueue
  /** What gives the loop its turns in a run that does not block; default: Node's loop. */
  readonly driver?: DriverFactory
  /** Default: TSYNCIO_DEBUG. */
  readonly debug?: boolean
}
