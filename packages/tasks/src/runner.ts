import {
  Context,
  currentLoop,
  EventLoop,
  InvalidStateError,
  type EventLoopOptions,
} from '@tsyncio/loop'

import type { Awaitable, AwaitableResult } from './ensure-future.js'
import { MainTask } from './main-task.js'
import { Shutdown } from './shutdown.js'
import { Task } from './task.js'
import { hasDefaultExecutor } from './threads/default-executor.js'
import { shutdownDefaultExecutor } from './threads/shutdown-default-executor.js'

// asyncio's: for so long it is waited for the calls in threads.
const threadJoinTimeout = 300_000

async function endThreads(loop: EventLoop): Promise<void> {
  if (!hasDefaultExecutor(loop)) return
  await loop.runUntilComplete(new Task(shutdownDefaultExecutor(threadJoinTimeout), { loop }))
}

export interface RunnerOptions extends EventLoopOptions {
  /** Makes the loop, in place of the other options; `debug` still applies. */
  readonly loopFactory?: () => EventLoop
}

export interface RunnerRunOptions {
  /** In which `main` runs. Default: the one that all runs of the runner share. */
  readonly context?: Context | undefined
  /** Ends the run: it rejects with the signal's reason, when the main task has ended. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Several runs on one loop, one after the other (asyncio's `Runner`). They share one
 * context, so that what one sets in a context variable the next one finds. The loop is
 * made when it is first needed.
 *
 * The first Ctrl-C cancels `main`, the second ends the process with 130.
 *
 * @example
 * ```ts
 * import { ContextVariable, Runner, sleep } from 'tsyncio'
 *
 * const user = new ContextVariable('user', 'nobody')
 * const runner = new Runner()
 * await runner.run(async () => {
 *   user.set('ada')
 *   await sleep(1)
 * })
 * console.log(await runner.run(() => sleep(1, user.get()))) // ada
 * await runner.close()
 * ```
 */
export class Runner {
  readonly #options: RunnerOptions
  #loop: EventLoop | undefined
  #context: Context | undefined
  #isClosed = false

  constructor(options: RunnerOptions = {}) {
    this.#options = options
  }

  /**
   * The loop of the runs; made now, if this is the first need of it.
   *
   * @throws InvalidStateError if the runner is closed.
   */
  getLoop(): EventLoop {
    if (this.#isClosed) throw new InvalidStateError('The runner is closed.')
    if (this.#loop !== undefined) return this.#loop
    const { loopFactory, ...options } = this.#options
    this.#loop = loopFactory === undefined ? new EventLoop(options) : loopFactory()
    if (options.debug !== undefined) this.#loop.setDebug(options.debug)
    this.#context = Context.current.copy()
    return this.#loop
  }

  /**
   * Runs `main` as a task of the loop, inside Node's own, and gives its result. Tasks that
   * it leaves behind go on in the next run.
   *
   * @throws InvalidStateError if the runner is closed, or runs already. DeadlockError if
   *   `main` can never be woken again.
   */
  async run<A extends Awaitable>(
    main: A,
    options: RunnerRunOptions = {},
  ): Promise<AwaitableResult<A>> {
    const running = this.#begin<AwaitableResult<A>>(main, options)
    try {
      return await running.task.getLoop().runUntilComplete(running.task)
    } catch (error) {
      throw running.failure(error)
    } finally {
      running.release()
    }
  }

  /**
   * As {@link run}, owning the thread until `main` has ended: for generators.
   *
   * @throws TypeError if `main` is an async function; InvalidStateError inside a task.
   */
  runBlocking<A extends Awaitable>(main: A, options: RunnerRunOptions = {}): AwaitableResult<A> {
    // The loop does not see all of these: after an `await` it is not in its turn.
    if (currentLoop() !== undefined) {
      throw new InvalidStateError(
        'runBlocking() was called inside a task or a callback, whose loop it would block: use run().',
      )
    }
    const running = this.#begin<AwaitableResult<A>>(main, options)
    try {
      return running.task.getLoop().runUntilCompleteBlocking(running.task)
    } catch (error) {
      throw running.failure(error)
    } finally {
      running.release()
    }
  }

  /**
   * Cancels the tasks that are left and waits for them, reports what they failed with, waits
   * for the calls in threads (five minutes at the most) and ends these, and closes the loop. Does nothing for a runner that was never used, or closed before.
   *
   * @throws InvalidStateError during a run.
   */
  async close(): Promise<void> {
    const loop = this.#end()
    if (loop === undefined) return
    try {
      const shutdown = new Shutdown(loop)
      if (shutdown.ended !== undefined) await loop.runUntilComplete(shutdown.ended)
      shutdown.report()
      await endThreads(loop)
    } finally {
      loop.close()
    }
  }

  /** As {@link close}, owning the thread meanwhile. */
  closeBlocking(): void {
    const loop = this.#end()
    if (loop === undefined) return
    try {
      const shutdown = new Shutdown(loop)
      if (shutdown.ended !== undefined) loop.runUntilCompleteBlocking(shutdown.ended)
      shutdown.report()
    } finally {
      loop.close()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin<T>(main: Awaitable, { context, signal }: RunnerRunOptions): MainTask<T> {
    const loop = this.getLoop()
    if (loop.isRunning()) throw new InvalidStateError('The runner is running already.')
    return new MainTask<T>(loop, main, { context: context ?? (this.#context as Context), signal })
  }

  #end(): EventLoop | undefined {
    const loop = this.#loop
    if (loop === undefined || this.#isClosed) return undefined
    if (loop.isRunning())
      throw new InvalidStateError('The runner is running: it can be closed when that has ended.')
    this.#isClosed = true
    return loop
  }
}
