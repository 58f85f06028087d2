import {
  EventLoop,
  InvalidStateError,
  isCancelled,
  setDeadlockReport,
  type EventLoopOptions,
  type Future,
} from '@tsyncio/loop'

import { requireSignal } from './abortable.js'
import { currentTask } from './current-strand.js'
import { describeDeadlock } from './deadlock-report.js'
import type { Result, Work } from './coroutine.js'
import { watchInterrupts, type Interrupts } from './interrupt.js'
import { KeyboardInterrupt } from './keyboard-interrupt.js'
import { outcomeOf } from './outcome-of.js'
import { Task } from './task.js'
import { allTasks } from './task-registry.js'

setDeadlockReport(describeDeadlock)

export interface RunOptions extends EventLoopOptions {
  /** Ends the run: `run` rejects with the signal's reason, when the main task has ended. */
  readonly signal?: AbortSignal
}

/** Done when the task is, however that ends. */
function ended(task: Task): Future<void> {
  const future = task.getLoop().createFuture<void>()
  task.addDoneCallback(() => future.setResult())
  return future
}

/** One main task on a loop of its own, and what has to happen around it. */
class Main<T> {
  readonly loop: EventLoop
  readonly task: Task<T>
  readonly #interrupts: Interrupts
  readonly #signal: AbortSignal | undefined
  readonly #abort = (): void => void this.task.cancel()

  constructor(work: Work, { signal, ...options }: RunOptions) {
    requireSignal(signal)
    this.loop = new EventLoop(options)
    try {
      this.task = new Task<T>(work, { loop: this.loop })
    } catch (error) {
      this.loop.close()
      throw error
    }
    this.#interrupts = watchInterrupts(this.loop, this.task)
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
    if (signal?.aborted === true) this.#abort()
  }

  /** The tasks that the main one left behind, cancelled. */
  cancelRest(): Task[] {
    this.#interrupts.stop()
    this.#signal?.removeEventListener('abort', this.#abort)
    const rest = [...allTasks(this.loop)]
    for (const task of rest) task.cancel()
    return rest
  }

  /** Nobody else can see the failures of these any more. */
  report(rest: readonly Task[]): void {
    for (const task of rest) {
      if (!task.done() || task.cancelled()) continue
      const outcome = outcomeOf(task)
      if (outcome.status === 'fulfilled') continue
      this.loop.callExceptionHandler({
        message: 'unhandled exception during run() shutdown',
        exception: outcome.reason,
        task,
      })
    }
  }

  /** What a failure of the main task means to the caller of `run`. */
  failure(error: unknown): unknown {
    if (!isCancelled(error)) return error
    if (this.#signal?.aborted === true) return this.#signal.reason as unknown
    if (this.#interrupts.count > 0 && this.task.uncancel() === 0)
      return new KeyboardInterrupt('Interrupted by Ctrl-C.', { cause: error })
    return error
  }
}

/**
 * Runs `main` as the first task of a new loop, inside Node's own, and gives its result
 * (asyncio's `run`). When it has ended, whatever tasks are left are cancelled and waited
 * for, and the loop is closed.
 *
 * The first Ctrl-C cancels `main`, the second ends the process with 130.
 *
 * @throws DeadlockError if `main` can never be woken again; the process then ends with 13.
 * @example
 * ```ts
 * import { run, sleep } from 'tsyncio'
 *
 * const answer = await run(function* () {
 *   yield* sleep(1)
 *   return 42
 * })
 * console.log(answer) // 42
 * ```
 */
export async function run<W extends Work>(main: W, options: RunOptions = {}): Promise<Result<W>> {
  const runner = new Main<Result<W>>(main, options)
  try {
    return await runner.loop.runUntilComplete(runner.task)
  } catch (error) {
    throw runner.failure(error)
  } finally {
    try {
      const rest = runner.cancelRest()
      for (const task of rest) await runner.loop.runUntilComplete(ended(task))
      runner.report(rest)
    } finally {
      runner.loop.close()
    }
  }
}

/**
 * Runs `main` on a loop that owns the thread, and returns its result. For worker threads,
 * command-line tools and tests: nothing of Node's own runs meanwhile, so `main` and its
 * tasks must be generators, and promises do not settle.
 *
 * @throws TypeError if `main` is an async function; InvalidStateError inside a task.
 * @example
 * ```ts
 * import { runBlocking, sleep } from 'tsyncio'
 *
 * console.log(runBlocking(() => sleep(1, 'no promise involved'))) // no promise involved
 * ```
 */
export function runBlocking<W extends Work>(main: W, options: RunOptions = {}): Result<W> {
  // The loop does not see all of these: after an `await` it is not in its turn.
  if (currentTask() !== null) {
    throw new InvalidStateError(
      'runBlocking() was called inside a task, whose loop it would block: use run().',
    )
  }
  const runner = new Main<Result<W>>(main, options)
  try {
    return runner.loop.runUntilCompleteBlocking(runner.task)
  } catch (error) {
    throw runner.failure(error)
  } finally {
    try {
      const rest = runner.cancelRest()
      for (const task of rest) runner.loop.runUntilCompleteBlocking(ended(task))
      runner.report(rest)
    } finally {
      runner.loop.close()
    }
  }
}
