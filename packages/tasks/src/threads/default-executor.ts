import { getEventLoop, InvalidStateError, type EventLoop } from '@tsyncio/loop'

import { ThreadPoolExecutor } from './thread-pool-executor.js'

interface DefaultExecutor {
  executor: ThreadPoolExecutor | undefined
  isShutDown: boolean
}

const defaults = new WeakMap<EventLoop, DefaultExecutor>()

function of(loop: EventLoop): DefaultExecutor {
  let its = defaults.get(loop)
  if (its === undefined) defaults.set(loop, (its = { executor: undefined, isShutDown: false }))
  return its
}

/** The executor of the loop, made when it is first asked for. */
export function defaultExecutor(loop: EventLoop): ThreadPoolExecutor {
  const its = of(loop)
  if (its.isShutDown) throw new InvalidStateError('The default executor was shut down.')
  return (its.executor ??= new ThreadPoolExecutor())
}

/** The executor that there is, which is not to be used from now on. */
export function retireDefaultExecutor(loop: EventLoop): ThreadPoolExecutor | undefined {
  const its = of(loop)
  its.isShutDown = true
  return its.executor
}

/** Whether there is anything to shut down. */
export function hasDefaultExecutor(loop: EventLoop): boolean {
  return defaults.get(loop)?.executor !== undefined
}

/**
 * Makes `executor` the one that {@link toThread} uses, and `runInExecutor(null, ...)`, on
 * the running loop. It is shut down with the loop's `run`.
 *
 * @throws TypeError unless it is a {@link ThreadPoolExecutor}.
 * @example
 * ```ts
 * import { run, setDefaultExecutor, ThreadPoolExecutor, toThread } from 'tsyncio'
 *
 * const work = new URL('data:text/javascript,export const twice = (n) => 2 * n')
 * await run(async () => {
 *   setDefaultExecutor(new ThreadPoolExecutor({ maxWorkers: 1 }))
 *   console.log(await toThread(work, 'twice', 21)) // 42
 * })
 * ```
 */
export function setDefaultExecutor(executor: ThreadPoolExecutor): void {
  if (!(executor instanceof ThreadPoolExecutor)) {
    throw new TypeError(`Expected a ThreadPoolExecutor, got ${String(executor)}.`)
  }
  of(getEventLoop()).executor = executor
}
