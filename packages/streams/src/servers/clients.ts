import type { EventLoop } from '@tsyncio/loop'
import type { Gen, Task } from '@tsyncio/tasks'

import type { BaseTransport } from '../transports/transport.js'
import { Waiters } from '../transports/waiters.js'

/**
 * The connections of a server, and the tasks that handle them. A task that waits for them
 * to go does not wait for itself, nor for the connection that it handles.
 */
export class Clients {
  readonly #loop: EventLoop
  readonly #connections = new Set<BaseTransport>()
  readonly #handlers = new Map<Task, BaseTransport>()
  readonly #waiters = new Waiters()

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  /** How many connections there are. */
  get size(): number {
    return this.#connections.size
  }

  add(connection: BaseTransport): void {
    this.#connections.add(connection)
  }

  delete(connection: BaseTransport): void {
    this.#connections.delete(connection)
    this.wake()
  }

  /** `task` handles `connection`, until it is done. */
  handle(connection: BaseTransport, task: Task): void {
    this.#handlers.set(task, connection)
    task.addWaiter({
      run: () => {
        this.#handlers.delete(task)
        this.wake()
      },
    })
  }

  /** Something has changed for those that wait. */
  wake(): void {
    this.#waiters.wakeAll()
  }

  /** Closes all connections, after what was written to them. */
  close(): void {
    for (const connection of [...this.#connections]) connection.close()
  }

  /** How many connections there are, but the one that `but` handles. */
  count(but: Task | null): number {
    return this.#others(but).length
  }

  /** Ends all connections at once, but the one that `but` handles. Gives their number. */
  abort(but: Task | null = null): number {
    const others = this.#others(but)
    for (const connection of others) connection.abort()
    return others.length
  }

  /** Cancels the handlers, which closes their connections, and closes the others. */
  cancel(but: Task | null): number {
    const others = this.#others(but)
    for (const task of [...this.#handlers.keys()]) if (task !== but) task.cancel()
    const handled = new Set(this.#handlers.values())
    for (const connection of others) if (!handled.has(connection)) connection.close()
    return others.length
  }

  /** Whether all are gone; `but` is the task that asks. */
  areGone(but: Task | null): boolean {
    const own = but === null ? undefined : this.#handlers.get(but)
    if (this.#handlers.size > (own === undefined ? 0 : 1)) return false
    return this.#connections.size === (own !== undefined && this.#connections.has(own) ? 1 : 0)
  }

  /** Until `isSo`, asked whenever something has changed, or for so many milliseconds. */
  *until(isSo: () => boolean, milliseconds = Infinity): Gen<void> {
    let isLate = false
    const late = () => {
      isLate = true
      this.wake()
    }
    const timer = milliseconds === Infinity ? undefined : this.#loop.callLater(milliseconds, late)
    try {
      while (!isSo() && !isLate) yield* this.#waiters.wait()
    } finally {
      timer?.cancel()
    }
  }

  #others(but: Task | null): BaseTransport[] {
    const own = but === null ? undefined : this.#handlers.get(but)
    return [...this.#connections].filter((connection) => connection !== own)
  }
}
