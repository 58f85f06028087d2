import * as e from '@tsyncio/syscalls'
import type { SeededRandom } from '@tsyncio/streams/testing/vitest'

import { nativeCalls } from './native-calls.js'

// What the man pages of clone(2), pipe2(2), fcntl(2) and epoll_ctl(2) have for it.
const errors: Record<string, readonly number[]> = {
  spawn: [e.EAGAIN, e.ENOMEM, e.EMFILE],
  pipe2: [e.EMFILE, e.ENFILE],
  epollCtl: [e.ENOMEM, e.ENOSPC],
}

/** System calls of a start that fail on purpose, below everything. */
export class FaultySpawns {
  /** Which fault was put in: `spawn 11` and the like. */
  readonly faults: string[] = []
  readonly #random: SeededRandom
  readonly #rate: number
  readonly #real: Record<string, (...args: never[]) => number> = {}

  constructor(random: SeededRandom, rate: number) {
    this.#random = random
    this.#rate = rate
    // Nothing is left of a child that could not be cloned.
    this.#replace('spawn', (_plan: never, _fds: never, out: Int32Array) => {
      out[0] = -1
      out[1] = e.spawnSteps.indexOf('clone')
    })
    this.#replace('pipe2')
    // Only what asks for more room can be refused it.
    this.#replace('epollCtl', undefined, (_epfd, op) => op === e.EPOLL_CTL_ADD)
  }

  /** From now on all calls are the real ones again. */
  [Symbol.dispose](): void {
    Object.assign(nativeCalls, this.#real)
  }

  #replace(
    name: string,
    onFault?: (...args: never[]) => void,
    applies: (...args: number[]) => boolean = () => true,
  ): void {
    const real = nativeCalls[name]!
    this.#real[name] = real
    nativeCalls[name] = (...args) => {
      if (!applies(...args) || this.#random.next() >= this.#rate) return real(...args)
      const errno = this.#random.pick(errors[name]!)
      this.faults.push(`${name} ${errno}`)
      onFault?.(...args)
      return -errno
    }
  }
}
