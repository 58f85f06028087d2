import { unsupportedReason } from '@tsyncio/syscalls'

import { ClockDriver } from './clock-driver.js'
import { monotonicClock } from './clock.js'
import type { Driver } from './driver.js'
import { HostedDriver } from './hosted-driver.js'
import type { LoopCore } from './loop-core.js'
import { PortableDriver } from './portable-driver.js'
import { canWait } from './waiting-clock.js'

/** Node's own loop hosts ours, if there is a binary and the time is one that it can wait for. */
export function defaultDriver(core: LoopCore): Driver {
  const { clock } = core
  if (unsupportedReason !== undefined) return new PortableDriver(core)
  if (canWait(clock)) return new ClockDriver(core, clock)
  return clock === monotonicClock ? new HostedDriver(core) : new PortableDriver(core)
}
