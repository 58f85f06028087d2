// Drives one generator: a task's, or that of a library call which async code awaits.
//
// The rules are those of asyncio's Task.__step. A strand runs until it waits for
// something; whatever it waits for schedules it again. A cancellation is passed on to
// what is waited for, which then ends the wait in its own way; only if there is nothing
// that could be cancelled, the error is thrown into the generator at its next step. It is
// always `throw`, never `return`: a `finally` that waits would swallow a `return`.
import {
  CancelledError,
  Context,
  isCancelled,
  isFuture,
  type Cancellable,
  type EventLoop,
  type Runnable,
  type Suspend,
  type Suspension,
} from '@tsyncio/loop'

import type { StepScope } from './async-context.js'
import type { CancelScope } from './cancel-scope.js'
import { ScopeCancelledError } from './scope-cancelled-error.js'
import type { Task } from './task.js'

/** What a strand may wait for, with what some of it can say and do. */
type Waited = Cancellable & {
  /** Holds a cancellation back until it can deliver it, and lets go of it. */
  forgetCancellation?(): void
  /** The scope that was cancelled ends this by itself: nothing is to be passed on. */
  isInterrupted?(): boolean
  cancelled?(): boolean
  /** As a strand does. */
  requestsWithin?(): number
  takeBackWithin?(): boolean
}

interface Thrown {
  readonly error: unknown
}

let current: Strand | undefined

/** The strands that are passing a cancellation on to what they wait for. */
const passing = new Set<Strand>()

/** How many circles of strands that wait for each other have been met. */
let circles = 0

/** The strand that is being stepped right now. */
export function steppingStrand(): Strand | undefined {
  return current
}

// {@link Strand.step} as functions without arguments, which an async scope calls faster.
function stepAndDeliver(this: Strand): void {
  this.step(true)
}

function stepWithoutDelivering(this: Strand): void {
  this.step(false)
}

export abstract class Strand implements Runnable {
  readonly loop: EventLoop
  protected iterator: Iterator<Suspend, unknown, unknown> | undefined
  #waitingFor: Waited | null = null
  /** What the next step throws: why a wait could not begin, or the scope that ended it. */
  #due: Thrown | CancelScope | undefined
  /** Requests to cancel that were made here, and not where this is a part of. */
  #requests = 0
  #controller: AbortController | undefined
  mustCancel = false
  cancelMessage: string | undefined
  /** The innermost cancel scope around what the strand does: kept by the scopes. */
  scope: CancelScope | undefined

  constructor(loop: EventLoop, iterator: Iterator<Suspend, unknown, unknown> | undefined) {
    this.loop = loop
    this.iterator = iterator
  }

  /** The task whose work this is. */
  abstract readonly task: Task

  /** The strand that this is a part of, as a wait of its async function. */
  get outer(): Strand | undefined {
    return undefined
  }

  /** The generator has returned. */
  protected abstract finish(value: unknown): void

  /** The generator has thrown. */
  protected abstract fail(error: unknown): void

  /** Calls {@link step}, or {@link stepWithin} if the strand's code may be anybody's. */
  protected abstract enter(delivers: boolean): void

  /** A step with the storages around it that the strand's code expects. */
  protected stepWithin(scope: StepScope, delivers: boolean): void {
    scope.runInAsyncScope(delivers ? stepAndDeliver : stepWithoutDelivering, this)
  }

  /** The generator, or hand-written wait, that the strand drives, once it has begun. */
  get generator(): Iterator<Suspend, unknown, unknown> | undefined {
    return this.iterator
  }

  /** The name of the function that the strand calls, if it is one that begins with a call. */
  get bodyName(): string | undefined {
    return undefined
  }

  /** What the strand waits for, if it waits. */
  get waitingFor(): Cancellable | null {
    return this.#waitingFor
  }

  getLoop(): EventLoop {
    return this.loop
  }

  /** A step, delivering a cancellation that is due. */
  run(): void {
    this.enter(true)
  }

  /** A step in which a cancellation that is due waits for the next suspension. */
  resume(): void {
    this.enter(false)
  }

  /** asyncio's `Task.cancel`, without the check whether the task is done. */
  cancel(message?: string): boolean {
    // Asked by what it waits for: strands that wait in a circle.
    if (passing.has(this)) {
      circles++
      return false
    }
    this.#requests++
    this.receiveCancellation(message)
    return true
  }

  /** Is cancelled as a part of what was asked to be. */
  receiveCancellation(message: string | undefined): void {
    this.#abortSignals(message)
    if (!this.#passOn(message)) this.takeCancellation(message)
  }

  /** Is to be cancelled at the next occasion; counts no request. */
  takeCancellation(message: string | undefined): void {
    this.mustCancel = true
    for (let each: Strand | undefined = this; each !== undefined; each = each.outer)
      each.cancelMessage = message
  }

  /** The requests to cancel this, or what it is a part of, that nobody took back. */
  cancelling(): number {
    return this.#requests + (this.outer?.cancelling() ?? 0)
  }

  /** Takes back a request that was made here, or else one from further out. */
  uncancel(): number {
    let strand: Strand | undefined = this
    while (strand !== undefined && strand.#requests === 0) strand = strand.outer
    return this.#takeBackFrom(strand)
  }

  /** The same from the outside in: what the task was asked to goes before a timeout's own. */
  uncancelOutermost(): number {
    let strand: Strand | undefined
    for (let each: Strand | undefined = this; each !== undefined; each = each.outer) {
      if (each.#requests > 0) strand = each
    }
    return this.#takeBackFrom(strand)
  }

  /** The same for whoever sees the task from outside, with all that is a part of it. */
  uncancelWithin(): number {
    this.takeBackWithin()
    const left = this.requestsWithin()
    if (left === 0) this.forgetCancellation()
    return left
  }

  /** The requests that were made here and in the parts, which asyncio would count as one. */
  requestsWithin(): number {
    return this.#requests + (this.#waitingFor?.requestsWithin?.() ?? 0)
  }

  takeBackWithin(): boolean {
    if (this.#requests === 0) return this.#waitingFor?.takeBackWithin?.() === true
    this.#requests--
    return true
  }

  /** Lets go of a cancellation that was not delivered: nobody asks for it any more. */
  forgetCancellation(): void {
    this.mustCancel = false
    this.#waitingFor?.forgetCancellation?.()
    if (this.#controller?.signal.aborted === true) this.#controller = undefined
    this.scope?.renewSignals(this)
  }

  /** Has ended: what it was asked and nobody took back counts further out. */
  protected handOverRequests(): void {
    if (this.outer !== undefined) this.outer.#requests += this.#requests
    this.#requests = 0
  }

  /** Ends the present wait if a scope around it was cancelled. Counts no request. */
  interrupt(): void {
    if (this.#waitingFor !== null) this.#interruptWait()
  }

  /** Aborted when this strand, or what it is part of, is cancelled. */
  get signal(): AbortSignal {
    if (this.scope !== undefined) return this.scope.signalOf(this)
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.cancelling() > 0) this.#controller.abort(new CancelledError(this.cancelMessage))
    }
    return this.#controller.signal
  }

  /** The first step makes the iterator, if there is none yet. */
  protected begin(): Iterator<Suspend, unknown, unknown> {
    throw new TypeError('A strand without an iterator must know how to make one.')
  }

  /** Advances the generator once, in the task's context, and arranges what comes of it. */
  step(delivers: boolean): void {
    const outer = current
    const outerContext = Context.swap(this.task.getContext())
    current = this
    try {
      const result = this.#advance(delivers)
      if (result.done === true) this.finish(result.value)
      else this.#suspend(result.value as unknown as Suspension)
    } catch (error) {
      this.fail(error)
    } finally {
      current = outer
      Context.swap(outerContext)
    }
  }

  toString(): string {
    return this.task.toString()
  }

  #advance(delivers: boolean): IteratorResult<Suspend, unknown> {
    const waitedFor = this.#waitingFor
    this.#waitingFor = null
    if (this.#due !== undefined || this.mustCancel) {
      const thrown = this.#takeDue(delivers, waitedFor)
      if (thrown !== undefined) return this.#throw(thrown.error)
    }
    this.iterator ??= this.begin()
    return this.iterator.next()
  }

  #takeDue(delivers: boolean, waitedFor: Waited | null): Thrown | undefined {
    const due = this.#due
    this.#due = undefined
    if (delivers && this.mustCancel) {
      this.mustCancel = false
      // What was waited for may have been cancelled as well; then its own error comes out.
      return wasCancelled(waitedFor) ? undefined : { error: new CancelledError(this.cancelMessage) }
    }
    if (due === undefined || 'error' in due) return due
    if (waitedFor !== null && !wasCancelled(waitedFor)) return undefined
    return { error: new ScopeCancelledError(due, due.reason) }
  }

  #takeBackFrom(strand: Strand | undefined): number {
    if (strand !== undefined) strand.#requests--
    const left = this.cancelling()
    for (let each: Strand | undefined = this; left === 0 && each !== undefined; each = each.outer) {
      each.forgetCancellation()
    }
    return left
  }

  #passOn(message: string | undefined): boolean {
    const waitedFor = this.#waitingFor
    if (waitedFor === null) return false
    const circlesBefore = circles
    let passed
    passing.add(this)
    try {
      passed = waitedFor.cancel(message)
    } finally {
      passing.delete(this)
    }
    // What refuses has scheduled this strand, or is about to; but not in a circle, which
    // is cut here.
    if (!passed && circles > circlesBefore && waitedFor.removeWaiter(this)) this.loop.schedule(this)
    return passed
  }

  #throw(error: unknown): IteratorResult<Suspend, unknown> {
    // Cancelled before its first step, a strand without an iterator never begins.
    if (this.iterator?.throw === undefined) throw error
    return this.iterator.throw(error)
  }

  #suspend(suspension: Suspension): void {
    try {
      if (typeof (suspension as Suspension | undefined)?.suspend !== 'function')
        throw wrongYield(suspension)
      this.#waitingFor = suspension.suspend(this)
    } catch (error) {
      this.#due = { error }
      this.loop.schedule(this)
      return
    }
    if (this.mustCancel) {
      if (this.#waitingFor?.cancel(this.cancelMessage) === true) this.mustCancel = false
    } else if (this.scope !== undefined) this.#interruptWait()
  }

  // The wait is over at once, and the strand told in the next turn. What is waited for
  // may refuse, because it has happened; then the next wait is interrupted instead.
  #interruptWait(): void {
    const scope = this.scope?.cancelledBy()
    if (scope === undefined) return
    const endsByItself = this.#waitingFor?.isInterrupted?.() === true
    if (!endsByItself && this.#waitingFor?.cancel(scope.reason) === false) return
    this.#due = scope
    scope.interrupted(this.task)
  }

  #abortSignals(message: string | undefined): void {
    const error = new CancelledError(message)
    this.#controller?.abort(error)
    this.scope?.abortSignals(this, error)
  }
}

// `gather` fails with a CancelledError when what it gathers was cancelled.
function wasCancelled(waitedFor: Waited | null): boolean {
  if (waitedFor?.cancelled?.() === true) return true
  return isFuture(waitedFor) && waitedFor.done() && isCancelled(waitedFor.exception())
}

function wrongYield(value: unknown): TypeError {
  return new TypeError(
    `A coroutine yielded ${String(value)}: write "yield*" for futures, tasks and library calls, ` +
      'and until(promise) for promises.',
  )
}
