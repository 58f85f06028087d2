import {
  CancelledError,
  getRunningLoop,
  isAskedWhere,
  type Cancellable,
  type EventLoop,
  type Runnable,
  type Suspend,
  type Suspension,
} from '@tsyncio/loop'

import type { Inbox, InboxWait } from './inbox.js'

/** What {@link InboxRead.take} gives when it has to wait. */
export const notYet = Symbol('not yet')

/**
 * One read: takes what it wants in one piece if that is there, else waits. Written by
 * hand, and never suspended for data that has come already. What it has not taken stays
 * in the inbox, so a read that is cancelled has consumed nothing.
 */
export abstract class InboxRead<T>
  implements Iterator<Suspend, T, unknown>, Suspension, Cancellable, InboxWait
{
  readonly #inbox: Inbox
  #loop: EventLoop | undefined
  #driver: Runnable | undefined
  #cancelled: CancelledError | undefined

  constructor(inbox: Inbox) {
    this.#inbox = inbox
  }

  abstract wants(size: number): boolean
  protected abstract take(inbox: Inbox): T | typeof notYet

  next(): IteratorResult<Suspend, T> {
    if (isAskedWhere()) return { done: false, value: this as unknown as Suspend }
    if (this.#cancelled !== undefined) throw this.#cancelled
    const inbox = this.#inbox
    inbox.requireFree(this)
    try {
      const value = this.take(inbox)
      if (value !== notYet) {
        inbox.leave(this)
        return { done: true, value }
      }
      if (inbox.failure !== undefined) throw inbox.failure.error
    } catch (error) {
      return this.throw(error)
    }
    inbox.enter(this)
    return { done: false, value: this as unknown as Suspend }
  }

  throw(error: unknown): never {
    this.#inbox.leave(this)
    throw error
  }

  suspend(driver: Runnable): Cancellable {
    this.#loop = getRunningLoop()
    this.#driver = driver
    return this
  }

  wake(): void {
    const driver = this.#driver
    if (driver === undefined) return
    this.#driver = undefined
    ;(this.#loop as EventLoop).schedule(driver)
  }

  cancel(message?: string): boolean {
    if (this.#driver === undefined) return false
    this.#cancelled = new CancelledError(message)
    this.#inbox.leave(this)
    this.wake()
    return true
  }

  // What it waited for goes on; the scope that ended the wait tells why.
  cancelled(): boolean {
    return this.#cancelled !== undefined
  }

  removeWaiter(): boolean {
    const waited = this.#driver !== undefined
    this.#driver = undefined
    this.#inbox.leave(this)
    return waited
  }

  toString(): string {
    return 'a read from a stream'
  }
}
