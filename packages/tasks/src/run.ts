import { Runner, type RunnerOptions } from './runner.js'
import type { Awaitable, AwaitableResult } from './ensure-future.js'

export interface RunOptions extends RunnerOptions {
  /** Ends the run: `run` rejects with the signal's reason, when the main task has ended. */
  readonly signal?: AbortSignal | undefined
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
export async function run<A extends Awaitable>(
  main: A,
  { signal, ...options }: RunOptions = {},
): Promise<AwaitableResult<A>> {
  const runner = new Runner(options)
  try {
    return await runner.run(main, { signal })
  } finally {
    await runner.close()
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
export function runBlocking<A extends Awaitable>(
  main: A,
  { signal, ...options }: RunOptions = {},
): AwaitableResult<A> {
  const runner = new Runner(options)
  try {
    return runner.runBlocking(main, { signal })
  } finally {
    runner.closeBlocking()
  }
}
