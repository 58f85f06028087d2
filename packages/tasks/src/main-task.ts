import {
  isCancelled,
  isFuture,
  setDeadlockReport,
  setOutsideWaits,
  type Context,
  type EventLoop,
} from '@tsyncio/loop'

import { requireSignal } from './abortable.js'
import { awaitPromises } from './await-promises.js'
import { coroutine } from './coroutine.js'
import { describeDeadlock } from './deadlock-report.js'
import { requireAwaitable, type Awaitable } from './ensure-future.js'
import { watchInterrupts, type Interrupts } from './interrupt.js'
import { KeyboardInterrupt } from './keyboard-interrupt.js'
import { makeTask } from './task-factory.js'
import type { Task } from './task.js'

setDeadlockReport(describeDeadlock)
setOutsideWaits(awaitPromises)

/** The task that a run is for, and who may end it from outside: Ctrl-C, and a signal. */
export class MainTask<T> {
  readonly task: Task<T>
  readonly #interrupts: Interrupts
  readonly #signal: AbortSignal | undefined
  readonly #abort = (): void => void this.task.cancel()

  constructor(
    loop: EventLoop,
    main: Awaitable,
    { context, signal }: { context: Context; signal: AbortSignal | undefined },
  ) {
    requireSignal(signal)
    requireAwaitable(main)
    const work = isFuture(main) ? coroutine(main[Symbol.iterator]()) : main
    this.task = makeTask<T>(loop, work, { context })
    this.#interrupts = watchInterrupts(loop, this.task)
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
    if (signal?.aborted === true) this.#abort()
  }

  /** The run is over. */
  release(): void {
    this.#interrupts.stop()
    this.#signal?.removeEventListener('abort', this.#abort)
  }

  /** What a failure of the task means to the caller of the run. */
  failure(error: unknown): unknown {
    if (!isCancelled(error)) return error
    if (this.#signal?.aborted === true) return this.#signal.reason as unknown
    if (this.#interrupts.count > 0 && this.task.uncancel() === 0)
      return new KeyboardInterrupt('Interrupted by Ctrl-C.', { cause: error })
    return error
  }
}
