import { InvalidStateError, isFuture, type Future } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { coroutine, type Coroutine, type Gen } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { outcomeOf } from './outcome-of.js'
import { release } from './release.js'
import { requireDeadline } from './require-deadline.js'
import { requireSeveral } from './require-several.js'
import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, type ReturnWhen } from './return-when.js'
import type { Strand } from './strand.js'
import { Watch } from './watch.js'

export interface WaitOptions {
  /** Milliseconds after which to give what there is; null, the default, for never. */
  readonly timeout?: number | null | undefined
  /** Default: ALL_COMPLETED. */
  readonly returnWhen?: ReturnWhen | undefined
  /** Ends the wait when it is aborted: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Those that are done and those that are not, each in the order in which they were given. */
export interface DoneAndPending<F extends Future> {
  readonly done: Set<F>
  readonly pending: Set<F>
}

function requireFutures(values: readonly unknown[]): void {
  if (values.length === 0) throw new RangeError('wait() was given nothing to wait for.')
  const other = values.find((value) => !isFuture(value))
  if (other === undefined && !values.includes(undefined)) return
  throw new TypeError(
    `wait() takes tasks and futures, got ${String(other)}: make a task of it with createTask().`,
  )
}

function requireReturnWhen(returnWhen: ReturnWhen): void {
  if ([FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].includes(returnWhen)) return
  throw new RangeError(
    `Expected FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED, got ${String(returnWhen)}.`,
  )
}

function isEnough(future: Future, returnWhen: ReturnWhen): boolean {
  if (returnWhen !== FIRST_EXCEPTION) return returnWhen === FIRST_COMPLETED
  return !future.cancelled() && outcomeOf(future).status === 'rejected'
}

function requireOthers(futures: Iterable<Future>, { loop, task }: Strand): void {
  for (const future of futures) {
    if (future.getLoop() !== loop)
      throw new TypeError(`${future.toString()} belongs to another loop.`)
    if (future === task) throw new InvalidStateError(`${task.toString()} cannot wait for itself.`)
  }
}

function* waiting<F extends Future>(
  futures: Set<F>,
  timeout: number | null,
  returnWhen: ReturnWhen,
): Gen<DoneAndPending<F>> {
  const strand = requireStrand('wait()')
  const { loop, task } = strand
  requireOthers(futures, strand)
  const enough = loop.createFuture<void>()
  const timer = timeout === null ? undefined : loop.callLater(timeout, release, enough)
  let left = futures.size
  const watches = Array.from(futures, (each) => {
    return new Watch(each, task, (future) => {
      if (--left > 0 && !isEnough(future, returnWhen)) return
      timer?.cancel()
      release(enough)
    })
  })
  try {
    yield* enough
  } finally {
    timer?.cancel()
    for (const watch of watches) watch.stop()
  }
  const [done, pending] = [new Set<F>(), new Set<F>()]
  for (const future of futures) (future.done() ? done : pending).add(future)
  return { done, pending }
}

/**
 * Waits for tasks and futures until all are done, or the first one is, or the first one
 * has failed, or the time is up (asyncio's `wait`). Never throws what they fail with, and
 * cancels none of them: not at the timeout, not when the wait is cancelled.
 *
 * @throws TypeError for coroutines and functions: make tasks of them first. RangeError if
 *   there is nothing to wait for. InvalidStateError for a task that waits for itself.
 * @example
 * ```ts
 * import { createTask, FIRST_COMPLETED, run, sleep, wait } from 'tsyncio'
 *
 * await run(async () => {
 *   const quick = createTask(() => sleep(1, 'quick'))
 *   const slow = createTask(() => sleep(60_000, 'slow'))
 *   const { done, pending } = await wait([quick, slow], { returnWhen: FIRST_COMPLETED })
 *   console.log([...done].map((task) => task.result())) // [ 'quick' ]
 *   for (const task of pending) task.cancel()
 * })
 * ```
 */
export function wait<F extends Future>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): Coroutine<DoneAndPending<F>> {
  const { timeout = null, returnWhen = ALL_COMPLETED, signal } = options
  const given = requireSeveral(futures, 'wait()')
  requireFutures(given)
  requireDeadline(timeout)
  requireReturnWhen(returnWhen)
  return coroutine(abortable(signal, waiting(new Set(given), timeout, returnWhen)))
}
