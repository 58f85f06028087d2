import type { LoopCore } from '../loop-core.js'
import type { WaitingClock } from '../waiting-clock.js'

const nothing = (): void => undefined

/** How a {@link VirtualClock} goes. Both are real milliseconds. */
export interface VirtualClockOptions {
  /**
   * For how long nothing must have happened outside of the loop before the clock jumps,
   * while an fd is watched or a task waits for a promise that is not the library's: 50.
   * With 0, a jump waits only for what has happened already.
   */
  readonly patience?: number
  /**
   * After how long a run that nothing in the loop can wake is given up as a deadlock:
   * 1000. Test runners keep Node alive, so nobody else would notice.
   */
  readonly giveUpAfter?: number
}

function requireDuration(duration: number, name: string): number {
  if (duration >= 0) return duration
  throw new RangeError(`Expected ${name} in milliseconds, got ${String(duration)}.`)
}

/**
 * A clock that stands still while anything is ready, and jumps to the next deadline when
 * all tasks are blocked: a loop with it sleeps for hours in no time, in exact order. It
 * drives loops inside Node's and loops that own their thread. Fds and promises are real
 * and get real time, see {@link VirtualClockOptions.patience}.
 *
 * @example
 * ```ts
 * import { EventLoop } from '@tsyncio/loop'
 * import { VirtualClock } from '@tsyncio/loop/testing'
 *
 * const loop = new EventLoop({ clock: new VirtualClock() })
 * loop.callLater(3_600_000, () => loop.stop())
 * await loop.runForever()
 * console.log(loop.time()) // 3600000
 * loop.close()
 * ```
 */
export class VirtualClock implements WaitingClock {
  readonly patience: number
  readonly #giveUpAfter: number
  #now: number
  #holders = 0
  #goOn: () => void = nothing

  constructor(now = 0, options: VirtualClockOptions = {}) {
    this.#now = now
    this.patience = requireDuration(options.patience ?? 50, 'patience')
    this.#giveUpAfter = requireDuration(options.giveUpAfter ?? 1000, 'giveUpAfter')
  }

  now(): number {
    return this.#now
  }

  /** Moves the time forward by hand. */
  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError(`Time goes forward, not by ${milliseconds}.`)
    this.#now += milliseconds
  }

  jump(deadline: number): void {
    if (deadline !== Infinity) this.#now = Math.max(this.#now, deadline)
  }

  /** No jumps until the function is called that this gives. */
  hold(): () => void {
    this.#holders++
    return () => {
      if (--this.#holders === 0) this.#goOn()
    }
  }

  wait(core: LoopCore, wake: () => void): () => void {
    const deadline = core.timers.deadline()
    const takeBack =
      deadline === Infinity
        ? this.#waitForDeadlock(core)
        : this.#whenQuiet(core, () => {
            this.jump(deadline)
            wake()
          })
    return () => {
      this.#goOn = nothing
      takeBack()
    }
  }

  // An immediate runs when Node has looked at its own events. What these brought about is
  // there at the next look.
  #whenQuiet(core: LoopCore, action: () => void): () => void {
    let timer: NodeJS.Timeout | undefined
    const again = (): NodeJS.Immediate =>
      setImmediate(() => {
        if (this.#holders > 0) this.#goOn = () => (immediate = again())
        else if (!core.awaitsOutside) action()
        else immediate = setImmediate(() => (timer = setTimeout(action, this.patience)))
      })
    let immediate = again()
    return () => {
      clearImmediate(immediate)
      clearTimeout(timer)
    }
  }

  // It keeps Node alive: a test runner without work gives up its tests, and does not say why.
  #waitForDeadlock(core: LoopCore): () => void {
    if (core.giveUp === undefined || !core.isStuck || this.#giveUpAfter === Infinity) return nothing
    const timer = setTimeout(() => {
      if (core.isStuck && !core.awaitsOutside) core.giveUp?.()
    }, this.#giveUpAfter)
    return () => clearTimeout(timer)
  }
}
