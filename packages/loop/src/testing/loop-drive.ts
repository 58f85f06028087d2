import type { EventLoopOptions } from '../event-loop-options.js'
import { EventLoop } from '../event-loop.js'
import type { Future } from '../future.js'

/** One way to drive a loop: what of it the suite has to know. */
export interface LoopDrive {
  /** Makes a loop; whoever asked closes it. */
  make(options?: EventLoopOptions): EventLoop
  runForever(loop: EventLoop): Promise<void>
  runUntilComplete<T>(loop: EventLoop, future: Future<T>): Promise<T>
  /** Whether fds can be watched. */
  readonly watchesFds: boolean
  /** Whether promises settle while the loop runs. */
  readonly settlesPromises: boolean
}

/** Loops that live inside Node's, made of `parts` where a test does not say otherwise. */
export function hostedDrive(parts: () => EventLoopOptions, watchesFds = true): LoopDrive {
  return {
    make: (options) => new EventLoop({ ...parts(), ...options }),
    runForever: (loop) => loop.runForever(),
    runUntilComplete: (loop, future) => loop.runUntilComplete(future),
    watchesFds,
    settlesPromises: true,
  }
}

/** Loops that own the thread. */
export function blockingDrive(parts: () => EventLoopOptions): LoopDrive {
  return {
    make: (options) => new EventLoop({ ...parts(), ...options }),
    runForever: async (loop) => loop.runForeverBlocking(),
    runUntilComplete: async (loop, future) => loop.runUntilCompleteBlocking(future),
    watchesFds: true,
    settlesPromises: false,
  }
}
