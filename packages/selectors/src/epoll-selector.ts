import { EPOLLIN, EPOLLOUT } from '@tsyncio/syscalls'
import { BaseSelector } from './base-selector.js'
import { Epoll } from './epoll.js'
import { EVENT_READ, EVENT_WRITE } from './events.js'
import type { ReadyList } from './ready-list.js'

// As many as the native part takes from the kernel in one call.
const MOST_EVENTS = 1024

function epollEvents(events: number): number {
  return (events & EVENT_READ ? EPOLLIN : 0) | (events & EVENT_WRITE ? EPOLLOUT : 0)
}

/**
 * A selector on `epoll(7)`, level-triggered: a call costs as much as there are ready
 * fds, however many are idle. It watches open files, not fds: unregister an fd before
 * you close it, or a copy of it may keep the file reporting.
 */
export class EpollSelector<Data = unknown> extends BaseSelector<Data> {
  readonly #epoll: Epoll
  readonly #events = new Int32Array(2 * MOST_EVENTS)

  /**
   * @throws OSError `EMFILE`, `ENFILE` or `ENOMEM` if the kernel has no more.
   * @throws UnsupportedError where there are no system calls.
   */
  constructor() {
    super()
    this.#epoll = new Epoll()
  }

  /**
   * The epoll fd, readable while something is ready.
   *
   * @throws ClosedSelectorError after `close()`.
   */
  fileno(): number {
    return this.#epoll.fileno()
  }

  protected attach(fd: number, events: number): void {
    this.#epoll.register(fd, epollEvents(events))
  }

  protected change(fd: number, events: number): void {
    this.#epoll.modify(fd, epollEvents(events))
  }

  protected detach(fd: number): void {
    try {
      this.#epoll.unregister(fd)
    } catch {
      // It was closed, which took it out of the set, or reused.
    }
  }

  protected collect(wait: number, ready: ReadyList<Data>): number {
    const events = this.#events
    const reported = this.#epoll.pollInto(events, wait)
    let count = 0
    for (let i = 0; i < reported; i++) {
      const key = this.keys.get(events[2 * i]!)
      if (key === undefined) continue
      const bits = events[2 * i + 1]!
      // Whatever is not the other direction's own bit concerns both: ERR and HUP.
      let mask = 0
      if (bits & ~EPOLLOUT) mask |= EVENT_READ
      if (bits & ~EPOLLIN) mask |= EVENT_WRITE
      mask &= key.events
      if (mask === 0) continue
      ready.keys[count] = key
      ready.masks[count++] = mask
    }
    return count
  }

  protected release(): void {
    this.#epoll.close()
  }
}
