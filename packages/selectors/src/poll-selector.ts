import { POLLIN, POLLOUT } from '@tsyncio/syscalls'
import { BaseSelector } from './base-selector.js'
import { EVENT_READ, EVENT_WRITE } from './events.js'
import { PollSet } from './poll-set.js'
import type { ReadyList } from './ready-list.js'

function pollEvents(events: number): number {
  return (events & EVENT_READ ? POLLIN : 0) | (events & EVENT_WRITE ? POLLOUT : 0)
}

/**
 * A selector on `poll(2)`: as many fds as there may be, at a cost for every call that
 * grows with their number. An fd that was closed while registered is always ready.
 */
export class PollSelector<Data = unknown> extends BaseSelector<Data> {
  readonly #set = new PollSet()

  /** @throws UnsupportedError where there are no system calls. */
  constructor() {
    super()
    this.#set.wait(0)
  }

  protected attach(fd: number, events: number): void {
    this.#set.set(fd, pollEvents(events))
  }

  protected change(fd: number, events: number): void {
    this.#set.set(fd, pollEvents(events))
  }

  protected detach(fd: number): void {
    this.#set.delete(fd)
  }

  protected collect(wait: number, ready: ReadyList<Data>): number {
    const set = this.#set
    let left = set.wait(wait)
    let count = 0
    for (let i = 0; left > 0; i++) {
      const revents = set.reventsAt(i)
      if (revents === 0) continue
      left--
      const key = this.keys.get(set.fdAt(i))!
      // Whatever is not the other direction's own bit concerns both: ERR, HUP, NVAL.
      let mask = 0
      if (revents & ~POLLOUT) mask |= EVENT_READ
      if (revents & ~POLLIN) mask |= EVENT_WRITE
      ready.keys[count] = key
      ready.masks[count++] = mask & key.events
    }
    return count
  }

  protected release(): void {
    this.#set.clear()
  }
}
