import { getEventLoop } from '@tsyncio/loop'

import { coroutine, type Coroutine, type Gen } from '../coroutine.js'
import { retireDefaultExecutor } from './default-executor.js'
import type { ThreadPoolExecutor } from './thread-pool-executor.js'

function* shutdown(timeout: number | null): Gen<void> {
  const executor = retireDefaultExecutor(getEventLoop())
  if (executor === undefined) return
  const ended = executor.shutdown()
  // Threads live in real time, whatever clock the loop goes by.
  const timer = timeout === null ? undefined : setTimeout(giveUp, timeout, executor, timeout)
  try {
    yield* ended
  } finally {
    clearTimeout(timer)
  }
}

function giveUp(executor: ThreadPoolExecutor, timeout: number): void {
  process.emitWarning(
    `The calls in threads did not end within ${timeout} ms after the executor was shut down: their threads are ended.`,
    { type: 'RuntimeWarning', code: 'ERR_TSYNCIO_SHUTDOWN_TIMEOUT' },
  )
  executor.terminate()
}

/**
 * Waits until every call in the loop's default executor has ended, and ends its threads;
 * it takes no more calls. `run` does this at its end, and waits for five minutes.
 *
 * @param timeout milliseconds after which the threads are ended by force, with a warning;
 *   null for never.
 * @example
 * ```ts
 * import { run, shutdownDefaultExecutor, toThread } from 'tsyncio'
 *
 * await run(async () => {
 *   const work = new URL('data:text/javascript,export const twice = (n) => 2 * n')
 *   console.log(await toThread(work, 'twice', 21)) // 42
 *   await shutdownDefaultExecutor(1_000)
 * })
 * ```
 */
export function shutdownDefaultExecutor(timeout: number | null = null): Coroutine<void> {
  if (timeout !== null && !(timeout >= 0)) {
    throw new RangeError(`Expected milliseconds or null, got ${String(timeout)}.`)
  }
  return coroutine(shutdown(timeout))
}
