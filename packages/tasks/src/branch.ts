import { Context, type Suspend } from '@tsyncio/loop'

import { makeScope, type StepScope } from './async-context.js'
import type { AsyncFrame } from './async-frame.js'
import { Strand, takeStep, type Sink } from './strand.js'
import type { Task } from './task.js'

/**
 * One wait of an async function: the library call that it awaits, driven as part of the
 * function's task. It ends in the promise that the function awaits.
 */
export class Branch extends Strand {
  readonly frame: AsyncFrame
  readonly #scope: StepScope = makeScope('tsyncio.Await')

  constructor(frame: AsyncFrame, iterator: Iterator<Suspend, unknown, unknown>, sink: Sink) {
    super(
      frame.strand.loop,
      iterator,
      {
        finish: (value) => this.#end(() => sink.finish(value)),
        fail: (error) => this.#end(() => sink.fail(error)),
      },
      frame.strand.cancelling(),
    )
    this.frame = frame
  }

  get task(): Task {
    return this.frame.strand.task
  }

  /** Begins at once, as a call within the function would. */
  start(): void {
    this.resume()
  }

  override uncancelWithParents(): number {
    this.frame.strand.uncancelWithParents()
    return this.uncancel()
  }

  protected enter(delivers: boolean): void {
    const outer = Context.swap(this.task.getContext())
    try {
      this.#scope.runInAsyncScope(takeStep, this, delivers)
    } finally {
      Context.swap(outer)
    }
  }

  #end(settle: () => void): void {
    this.frame.leave(this)
    this.loop.promiseSettled()
    settle()
  }
}
