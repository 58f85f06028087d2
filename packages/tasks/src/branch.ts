import type { Suspend } from '@tsyncio/loop'

import { awaitPlace } from './await-place.js'
import { makeScope, type StepScope } from './async-context.js'
import type { AsyncFrame } from './async-frame.js'
import { Strand } from './strand.js'
import type { Task } from './task.js'

const generatorPrototype: object = Object.getPrototypeOf(function* () {}.prototype) as object

// A generator may be anybody's code. The other iterators are the library's own waits,
// written by hand: they look at no storage and no context, so they need none restored.
function scopeFor(iterator: object): StepScope | undefined {
  return Object.prototype.isPrototypeOf.call(generatorPrototype, iterator)
    ? makeScope('tsyncio.Await')
    : undefined
}

/**
 * One wait of an async function: the library call that it awaits, driven as part of the
 * function's task. It ends in the promise that the function awaits.
 */
export class Branch extends Strand {
  readonly frame: AsyncFrame
  /** Where it is among the waits of its function: kept by those. */
  place = 0
  /** The stack of the `await`; in debug mode only. */
  readonly awaitedAt = awaitPlace()
  readonly #scope: StepScope | undefined
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: unknown) => void

  constructor(
    frame: AsyncFrame,
    iterator: Iterator<Suspend, unknown, unknown>,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(frame.strand.loop, iterator)
    this.frame = frame
    this.#scope = scopeFor(iterator)
    this.#resolve = resolve
    this.#reject = reject
    frame.strand.scope?.add(this)
  }

  get task(): Task {
    return this.frame.strand.task
  }

  /** Begins at once, as a call within the function would. */
  start(): void {
    this.resume()
  }

  override get outer(): Strand {
    return this.frame.strand
  }

  protected finish(value: unknown): void {
    this.#leave()
    this.#resolve(value)
  }

  protected fail(error: unknown): void {
    this.#leave()
    this.#reject(error)
  }

  protected enter(delivers: boolean): void {
    if (this.#scope === undefined) this.step(delivers)
    else this.stepWithin(this.#scope, delivers)
  }

  #leave(): void {
    this.scope?.remove(this)
    if (this.frame.isOpen) this.handOverRequests()
    this.frame.leave(this)
    this.loop.promiseSettled()
  }
}
