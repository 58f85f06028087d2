import * as e from '@tsyncio/syscalls'
import type { SeededRandom } from '@tsyncio/streams/testing/vitest'

import { nativeCalls, type Calls } from './native-calls.js'

type Call = (...args: number[]) => number

/**
 * What waitid(2) and pidfd_send_signal(2) can say at the end of a child: that a signal came
 * (EINTR), that somebody else has reaped it (ECHILD, ESRCH), that it may not be signalled.
 */
export class FaultyExits {
  /** Which fault was put in: `waitid ECHILD` and the like. */
  readonly faults: string[] = []
  readonly #real: Calls = {}

  constructor(random: SeededRandom, rate: number) {
    const fails = (): boolean => random.next() < rate
    const { waitid, pidfdSendSignal } = nativeCalls as unknown as Record<string, Call>
    this.#replace('waitid', (...args) => {
      if (!fails()) return waitid!(...args)
      if (random.next() < 0.5) return this.#fault('waitid EINTR', e.EINTR)
      const result = waitid!(...args)
      const [pid] = args[2] as unknown as Int32Array
      // Only who has ended can have been reaped.
      if (result < 0 || pid === 0) return result
      return this.#fault('waitid ECHILD', e.ECHILD)
    })
    this.#replace('pidfdSendSignal', (pidfd, signal) => {
      if (!fails()) return pidfdSendSignal!(pidfd, signal)
      if (random.next() < 0.5) return this.#fault('pidfdSendSignal EPERM', e.EPERM)
      pidfdSendSignal!(pidfd, e.SIGKILL)
      waitid!(e.P_PIDFD, pidfd, new Int32Array(6) as never, e.WEXITED)
      return this.#fault('pidfdSendSignal ESRCH', e.ESRCH)
    })
  }

  /** How often each came. */
  count(name: string): number {
    return this.faults.filter((fault) => fault === name).length
  }

  /** From now on all calls are the real ones again. */
  [Symbol.dispose](): void {
    Object.assign(nativeCalls, this.#real)
  }

  #fault(name: string, errno: number): number {
    this.faults.push(name)
    return -errno
  }

  #replace(name: string, call: Call): void {
    this.#real[name] = nativeCalls[name]!
    nativeCalls[name] = call
  }
}
