import {
  CancelledError,
  currentLoop,
  Future,
  getEventLoop,
  isCancelled,
  type EventLoop,
} from '@tsyncio/loop'

import { listenToAbort } from './abort-listeners.js'
import { requireSignal } from './abortable.js'
import { currentTask } from './current-strand.js'
import { ensureFuture, type Awaitable, type AwaitableResult } from './ensure-future.js'
import { outcomeOf } from './outcome-of.js'
import { Watch } from './watch.js'

/** The results of several awaitables, in their order. */
export type Gathered<A extends readonly Awaitable[]> = {
  -readonly [K in keyof A]: AwaitableResult<A[K]>
}

/** The same with `returnExceptions`: nothing is thrown. */
export type Settled<A extends readonly Awaitable[]> = {
  -readonly [K in keyof A]: PromiseSettledResult<AwaitableResult<A[K]>>
}

export interface GatherOptions {
  /** Give a `PromiseSettledResult` for each, and never throw what one of them threw. */
  readonly returnExceptions?: boolean | undefined
  /** Cancels them all when it is aborted: the signal's reason is thrown when they have ended. */
  readonly signal?: AbortSignal | undefined
}

/** What `gather` gives: stands for several futures. */
export class GatheringFuture extends Future<unknown> {
  readonly children: readonly Future[]
  cancelRequested = false
  /** What is to be thrown in place of the CancelledError. */
  abortedBy: AbortSignal | undefined

  constructor(children: readonly Future[], loop: EventLoop) {
    super({ loop })
    this.children = children
  }

  // The children are cancelled, not this: it is done when they have ended. One that was
  // given twice is cancelled twice, as in asyncio.
  override cancel(message?: string): boolean {
    if (this.done()) return false
    let cancelled = false
    for (const child of this.children) if (child.cancel(message)) cancelled = true
    if (cancelled) this.cancelRequested = true
    return cancelled
  }

  override setException(error: unknown): void {
    const reason = this.abortedBy !== undefined && isCancelled(error)
    super.setException(reason ? this.abortedBy?.reason : error)
  }

  /** Is cancelled when `signal` is aborted. */
  listen(signal: AbortSignal): void {
    const abort = (): void => {
      if (this.cancel()) this.abortedBy = signal
    }
    if (signal.aborted) return abort()
    new Watch(this, null, listenToAbort(signal, abort))
  }
}

/**
 * Waits for all of them at once (asyncio's `gather`). Coroutines and functions become
 * tasks now; the same one given twice is waited for once, and appears twice (a function
 * is called twice).
 *
 * The first failure is thrown at once, and the others go on; what they fail with later is
 * not reported. Cancelling cancels them all, and is thrown when all have ended.
 *
 * @example
 * ```ts
 * import { gather, run, sleep } from 'tsyncio'
 *
 * const [a, b] = await run(async () => gather([sleep(2, 'a'), sleep(1, 'b')]))
 * console.log(a, b) // a b
 * ```
 */
export function gather<const A extends readonly Awaitable[]>(
  awaitables: A,
  options: GatherOptions & { readonly returnExceptions: true },
): Future<Settled<A>>
export function gather<const A extends readonly Awaitable[]>(
  awaitables: A,
  options?: GatherOptions & { readonly returnExceptions?: false | undefined },
): Future<Gathered<A>>
export function gather(awaitables: readonly Awaitable[], options: GatherOptions = {}): Future {
  requireSignal(options.signal)
  if (!Array.isArray(awaitables))
    throw new TypeError(`Expected an array, got ${typeof awaitables}.`)
  const children = futuresOf(awaitables as readonly Awaitable[])
  const distinct = new Set(children)
  const outer = new GatheringFuture(children, children[0]?.getLoop() ?? getEventLoop())
  const keepErrors = options.returnExceptions === true
  const task = currentTask()
  let remaining = distinct.size

  function onDone(child: Future): void {
    remaining--
    if (outer.done()) {
      // Somebody has been told already; looking at it keeps it from being reported.
      if (!child.cancelled()) child.exception()
      return
    }
    if (!keepErrors) {
      const outcome = outcomeOf(child)
      if (outcome.status === 'rejected') return outer.setException(outcome.reason)
    }
    if (remaining > 0) return
    const outcomes = children.map(resultOf)
    // Asked to cancel, it must not give results, even if nobody was cancelled in the end.
    if (outer.cancelRequested) return outer.setException(cancellationOf(children))
    outer.setResult(keepErrors ? outcomes : outcomes.map(valueOf))
  }

  if (remaining === 0) outer.setResult([])
  // What is done counts at once: if all are, so is the gathering.
  const done = [...distinct].filter((child) => child.done())
  for (const child of distinct) if (!child.done()) new Watch(child, task, onDone)
  for (const child of done) onDone(child)
  if (options.signal !== undefined && !outer.done()) outer.listen(options.signal)
  return outer
}

// A coroutine can be taken once, but a function can be called as often as it is given.
function futuresOf(awaitables: readonly Awaitable[]): Future[] {
  const made = new Map<Awaitable, Future>()
  let loop = currentLoop()
  return awaitables.map((awaitable) => {
    const known = made.get(awaitable)
    if (known !== undefined && typeof awaitable !== 'function') return known
    const future: Future = ensureFuture(awaitable, { ...(loop && { loop }) })
    loop ??= future.getLoop()
    made.set(awaitable, future)
    return future
  })
}

// The error that cancelled a task is kept for whoever waits for the task itself.
function resultOf(child: Future): PromiseSettledResult<unknown> {
  if (!child.cancelled()) return outcomeOf(child)
  return { status: 'rejected', reason: new CancelledError(child.cancelMessage) }
}

function cancellationOf(children: readonly Future[]): unknown {
  const last = children.at(-1)
  const outcome = last?.cancelled() === true ? outcomeOf(last) : undefined
  return outcome?.status === 'rejected' ? outcome.reason : new CancelledError(last?.cancelMessage)
}

function valueOf(outcome: PromiseSettledResult<unknown>): unknown {
  return (outcome as PromiseFulfilledResult<unknown>).value
}
