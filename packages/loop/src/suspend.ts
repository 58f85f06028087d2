import type { EventLoop } from './event-loop.js'
import type { Runnable } from './runnable.js'

declare const suspended: unique symbol

/**
 * All that a coroutine may yield. Nobody makes one by hand: it is what `yield*` on a
 * future, a task or a library call hands to whoever drives the coroutine.
 */
export interface Suspend {
  readonly [suspended]: never
}

/** Who drives a coroutine, and is run again when what it waits for has happened. */
export interface CoroutineDriver extends Runnable {
  getLoop(): EventLoop
}

/**
 * What a {@link Suspend} is to a driver: `suspend` arranges that the driver is run again.
 * The result says what a cancellation has to cancel, if there is anything.
 */
export interface Suspension {
  suspend(driver: CoroutineDriver): Cancellable | null
}

/** Something that a waiting coroutine's cancellation is passed on to. */
export interface Cancellable {
  /** Asks for cancellation; false if there is nothing left to cancel. */
  cancel(message?: string): boolean
  /** The driver will not come back: it gives up its place. */
  removeWaiter(driver: Runnable): boolean
  /** Says what is waited for, in reports. */
  toString(): string
}
