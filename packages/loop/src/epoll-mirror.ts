import {
  close,
  EEXIST,
  ENOMEM,
  ENOSPC,
  EPERM,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLIN,
  EPOLLOUT,
  epollCtl,
} from '@tsyncio/syscalls'
import { EVENT_READ, EVENT_WRITE } from '@tsyncio/selectors'

import type { LoopCore } from './loop-core.js'

/**
 * The interests of a selector that has no fd of its own (select, poll), in an epoll that
 * Node can watch. Nobody reads its events: readable means that the selector has something.
 */
export class EpollMirror {
  readonly #epoll: number
  readonly #core: LoopCore
  // A regular file is always ready, and epoll refuses it (EPERM). Others it cannot take when
  // memory is short (ENOMEM, ENOSPC). While one is watched there is always a next turn.
  readonly #alwaysReady = new Set<number>()
  readonly #again = { run: () => this.#spin() }

  constructor(epoll: number, core: LoopCore) {
    this.#epoll = epoll
    this.#core = core
    core.fds.listen((fd, events) => this.#update(fd, events))
  }

  close(): void {
    this.#core.fds.listen(undefined)
    this.#alwaysReady.clear()
    close(this.#epoll)
  }

  #update(fd: number, events: number): void {
    this.#alwaysReady.delete(fd)
    if (events === 0) {
      epollCtl(this.#epoll, EPOLL_CTL_DEL, fd, 0)
      return
    }
    const bits = (events & EVENT_READ ? EPOLLIN : 0) | (events & EVENT_WRITE ? EPOLLOUT : 0)
    let result = epollCtl(this.#epoll, EPOLL_CTL_ADD, fd, bits)
    if (result === -EEXIST) result = epollCtl(this.#epoll, EPOLL_CTL_MOD, fd, bits)
    if (result !== -EPERM && result !== -ENOMEM && result !== -ENOSPC) return
    this.#alwaysReady.add(fd)
    if (this.#alwaysReady.size === 1) this.#spin()
  }

  #spin(): void {
    if (this.#alwaysReady.size > 0) this.#core.schedule(this.#again)
  }
}
