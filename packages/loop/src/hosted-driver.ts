import { EVENT_READ, EpollSelector } from '@tsyncio/selectors'
import {
  CLOCK_MONOTONIC,
  close,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLLIN,
  epollCreate1,
  epollCtl,
  hostArm,
  hostClose,
  hostOpen,
  HostWord,
  osError,
  timerfdCreate,
} from '@tsyncio/syscalls'

import { drainMicrotasks } from './drain-microtasks.js'
import type { Driver } from './driver.js'
import { EpollMirror } from './epoll-mirror.js'
import type { LoopCore } from './loop-core.js'

// Longest time for which a call from C takes turns: short against the millisecond for
// which C may keep Node waiting, long against the call itself.
const longestDrive = 0.25

// Looking at the clock costs about as much as a turn that runs one handle.
const turnsPerLook = 8

function required(result: number, syscall: string): number {
  if (result < 0) throw osError(result, syscall)
  return result
}

/**
 * Lives inside Node's own loop. Node watches one epoll fd of ours, in which every fd of
 * the loop is, and a timerfd set to the next deadline; `host.c` does the rest. An idle
 * loop costs nothing, and the process ends when nothing ref'd is pending.
 */
export class HostedDriver implements Driver {
  readonly name = 'hosted'
  readonly #core: LoopCore
  #host = -1
  #timer = -1
  #mirror: EpollMirror | undefined
  #isRegistered = false

  constructor(core: LoopCore) {
    this.#core = core
  }

  start(takeTurn: () => void): void {
    try {
      this.#timer = required(timerfdCreate(CLOCK_MONOTONIC, 0), 'timerfd_create')
      const epoll = this.#watchedEpoll()
      this.#host = required(
        hostOpen(epoll, this.#timer, this.#core.words, () => this.#drive(takeTurn)),
        'uv_poll_init',
      )
    } catch (error) {
      this.stop()
      throw error
    }
    hostArm(this.#host)
  }

  // C, too, may be in the middle of a drive, and takes no more turns in it.
  stop(): void {
    if (this.#host >= 0) hostClose(this.#host)
    this.#host = -1
    this.#core.words[HostWord.driving] = 0
    this.#mirror?.close()
    if (this.#isRegistered) this.#core.selector.unregister(this.#timer)
    if (this.#timer >= 0) close(this.#timer)
  }

  wake(): void {
    hostArm(this.#host)
  }

  drainMicrotasks(): boolean {
    return drainMicrotasks()
  }

  // A call from C costs more than a turn that has little to do, so it takes several. What
  // Node does at the end of a call, it does between them.
  #drive(takeTurn: () => void): void {
    let until = 0
    for (let turns = 0; ; turns++) {
      takeTurn()
      if (this.#host < 0 || !this.#core.hasWork) return
      if (turns % turnsPerLook === 0) {
        const now = performance.now()
        if (until === 0) until = now + longestDrive
        else if (now >= until) return
      }
      if (!drainMicrotasks()) return
    }
  }

  // An epoll selector is watched as it is. Of the others a mirror is kept, just to be woken.
  #watchedEpoll(): number {
    const { selector } = this.#core
    if (selector instanceof EpollSelector) {
      selector.register(this.#timer, EVENT_READ)
      this.#isRegistered = true
      return selector.fileno()
    }
    const epoll = required(epollCreate1(EPOLL_CLOEXEC), 'epoll_create1')
    this.#mirror = new EpollMirror(epoll, this.#core)
    required(epollCtl(epoll, EPOLL_CTL_ADD, this.#timer, EPOLLIN), 'epoll_ctl')
    return epoll
  }
}
