import type { EventLoop, Runnable } from '@tsyncio/loop'
import { ClosedError } from '@tsyncio/tasks'

import { datagramBatch } from './datagram-batch.js'

/** One who waits in a {@link WaitLine}. */
export interface LineWait {
  readonly isAsleep: boolean
  wake(): void
}

/** Those who wait to use one direction of a socket, in the order in which they came. */
export class WaitLine implements Runnable {
  readonly #loop: EventLoop
  readonly #fd: number
  readonly #side: 'Reader' | 'Writer'
  readonly #waits = new Set<LineWait>()
  #left = datagramBatch
  #watching = false
  #closed = false

  constructor(loop: EventLoop, fd: number, side: 'Reader' | 'Writer') {
    this.#loop = loop
    this.#fd = fd
    this.#side = side
  }

  /**
   * Whether it is the turn of `wait`: nobody is before it.
   *
   * @throws ClosedError if the socket was closed.
   */
  isNext(wait: LineWait): boolean {
    if (this.#closed) throw new ClosedError('The datagram socket was closed.')
    for (const first of this.#waits) return first === wait
    return true
  }

  /** Counts one system call; false if it has to wait until others have had their turn. */
  spend(): boolean {
    if (this.#left === 0) return false
    this.#left--
    return true
  }

  /**
   * From now on `wait` is in the line, unless it was already.
   *
   * @throws OSError if the kernel cannot watch the fd.
   */
  enter(wait: LineWait): void {
    if (!this.#watching) this.#loop.core.fds[`add${this.#side}`](this.#fd, this)
    this.#watching = true
    this.#waits.add(wait)
  }

  leave(wait: LineWait): void {
    this.#waits.delete(wait)
  }

  /** Those who sleep, the first one first. */
  *asleep(): Iterable<LineWait> {
    for (const wait of this.#waits) if (wait.isAsleep) yield wait
  }

  /** The fd is ready. Another handle of the same turn may have closed us meanwhile. */
  run(): void {
    if (!this.#watching) return
    this.#left = datagramBatch
    // Who has got what he wanted mostly wants more: only if nobody came back, look away.
    if (this.#waits.size === 0) this.#unwatch()
    else this.ready()
  }

  /** Wakes those who have to see. */
  protected ready(): void {
    for (const wait of this.asleep()) wait.wake()
  }

  close(): void {
    this.#closed = true
    this.#unwatch()
    for (const wait of this.asleep()) wait.wake()
  }

  #unwatch(): void {
    if (!this.#watching) return
    this.#watching = false
    this.#loop.core.fds[`remove${this.#side}`](this.#fd)
  }
}
