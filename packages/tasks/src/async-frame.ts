// What one call of an async function is to its task: the place in which its waits are.
//
// Async code cannot be stepped, so nobody can tell from outside where it waits. But each
// `await` of a library call calls a `then` of ours, with the AsyncLocalStorage of the
// function that awaits; there stands the frame. So the frame knows every wait of its
// function (several at once under Promise.all) and can interrupt them all. `timeout`,
// scopes and groups call their bodies in frames of their own, and interrupt only these.
import { isAskedWhere, type Cancellable, type Suspend, type Suspension } from '@tsyncio/loop'

import { AsyncVariable } from './async-context.js'
import type { Started } from './coroutine.js'
import { Branch } from './branch.js'
import { Members } from './members.js'
import { leaveInRequestHandlers } from './request-handlers.js'
import type { Strand } from './strand.js'

const frames = new AsyncVariable<AsyncFrame>()

/** The frame of the async function that is running; none once that has settled. */
export function currentFrame(): AsyncFrame | undefined {
  const frame = frames.get()
  return frame?.isOpen === true ? frame : undefined
}

/** Calls something that belongs to no async function, such as the making of a task. */
export function outsideFrames<R>(callback: () => R): R {
  return frames.exit(callback)
}

const leaveFrames = (): void => frames.leave()

type Outcome = { readonly value: unknown } | { readonly error: unknown }

export class AsyncFrame implements Iterator<Suspend, unknown, unknown>, Suspension, Cancellable {
  /** The strand that waits for the function, and goes on when it has settled. */
  readonly strand: Strand
  readonly #branches = new Members<Branch>()
  #outcome: Outcome | undefined
  #body: { readonly name: string } | undefined
  #waits = false
  /** A cancellation that has found no wait yet: the next one gets it. */
  mustCancel = false
  #cancelMessage: string | undefined

  constructor(strand: Strand) {
    leaveInRequestHandlers(leaveFrames)
    this.strand = strand
  }

  get isOpen(): boolean {
    return this.#outcome === undefined
  }

  /** The function's name. */
  get name(): string {
    return this.#body?.name ?? ''
  }

  /** The waits in which the function is. */
  get branches(): readonly Branch[] {
    return this.#branches.all()
  }

  call<A extends unknown[]>(body: (...args: A) => Started, args: A): Started {
    this.#body = body
    return frames.run(this, () => body(...args))
  }

  /** The function's promise: the frame ends with it. */
  join(promise: PromiseLike<unknown>): void {
    this.strand.loop.promiseSettled()
    // What is no promise but a thenable may call back twice, or throw: `resolve` sees to it.
    Promise.resolve(promise).then(
      (value) => this.#settle({ value }),
      (error: unknown) => this.#settle({ error }),
    )
  }

  /** Carries out one `await` of a library call in the function. */
  wait<T>(iterator: Iterator<Suspend, T, unknown>): Promise<T> {
    return new Promise((resolve, reject) => {
      const branch = new Branch(this, iterator, resolve as (value: unknown) => void, reject)
      this.#branches.add(branch)
      if (this.mustCancel) branch.takeCancellation(this.#cancelMessage)
      this.mustCancel = false
      branch.start()
    })
  }

  /** A wait is over; what it was asked and did not deliver comes back. */
  leave(branch: Branch): void {
    this.#branches.remove(branch)
    if (branch.mustCancel) this.#keepCancellation(branch.cancelMessage)
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Suspend> {
    if (isAskedWhere() || this.#outcome === undefined)
      return { done: false, value: this as unknown as Suspend }
    if ('error' in this.#outcome) throw this.#outcome.error
    return { done: true, value: this.#outcome.value }
  }

  throw(error: unknown): never {
    throw error
  }

  suspend(): Cancellable {
    this.#waits = true
    return this
  }

  /** The function's waits know the scopes around them, and end by themselves. */
  isInterrupted(): boolean {
    return true
  }

  /** Interrupts every wait of the function, or the next one if there is none now. */
  cancel(message?: string): boolean {
    if (!this.isOpen) return false
    if (this.#branches.size === 0) this.#keepCancellation(message)
    for (const branch of this.#branches.all()) branch.receiveCancellation(message)
    return true
  }

  /** The cancellation that was kept for the next wait was taken back. */
  forgetCancellation(): void {
    this.mustCancel = false
    for (const branch of this.#branches.all())
      if (branch.requestsWithin() === 0) branch.forgetCancellation()
  }

  requestsWithin(): number {
    return Math.max(0, ...this.#branches.all().map((branch) => branch.requestsWithin()))
  }

  takeBackWithin(): boolean {
    return this.#branches.all().some((branch) => branch.takeBackWithin())
  }

  removeWaiter(): boolean {
    const waited = this.#waits
    this.#waits = false
    return waited
  }

  #keepCancellation(message: string | undefined): void {
    this.mustCancel = true
    this.#cancelMessage = message
    for (let strand: Strand | undefined = this.strand; strand; strand = strand.outer)
      strand.cancelMessage = message
  }

  toString(): string {
    const waits = this.#branches.all().map((branch) => String(branch.waitingFor))
    return waits.length === 0 ? 'an async function that waits for a promise' : waits.join(' and ')
  }

  // The function has settled: waits that it left behind are withdrawn, and the strand goes
  // on at once, in this very microtask, where a generator would have gone on as well.
  #settle(outcome: Outcome): void {
    const undelivered = this.mustCancel
    this.#outcome = outcome
    for (const branch of this.#branches.all()) branch.receiveCancellation(undefined)
    this.#branches.clear()
    if (!this.#waits) return
    if (undelivered) this.strand.takeCancellation(this.#cancelMessage)
    this.strand.resume()
  }
}
