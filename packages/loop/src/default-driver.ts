import { unsupportedReason } from '@tsyncio/syscalls'

import { monotonicClock } from './clock.js'
import type { Driver } from './driver.js'
import { HostedDriver } from './hosted-driver.js'
import type { LoopCore } from './loop-core.js'
import { PortableDriver } from './portable-driver.js'

/** Node's own loop hosts ours, if there is a binary and the time is the system's. */
export function defaultDriver(core: LoopCore): Driver {
  return unsupportedReason === undefined && core.clock === monotonicClock
    ? new HostedDriver(core)
    : new PortableDriver(core)
}
