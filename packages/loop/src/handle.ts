import { Context, type ContextValues } from './context.js'
import type { ExceptionReporter } from './exception-handler.js'
import type { Runnable } from './runnable.js'
import { sourceOf } from './source.js'

/** Any function that a loop may call: its arguments are bound when it is scheduled. */
export type Callback<A extends readonly unknown[] = readonly unknown[]> = (...args: A) => unknown

const nothing: readonly never[] = []

/**
 * A callback that was handed to the loop (asyncio's `Handle`): what `callSoon` gives.
 *
 * @example
 * ```ts
 * import { getEventLoop } from '@tsyncio/loop'
 *
 * const handle = getEventLoop().callSoon(() => console.log('never'))
 * handle.cancel()
 * console.log(handle.cancelled()) // true
 * ```
 */
export class Handle implements Runnable {
  #callback: Callback | undefined
  #args: readonly unknown[]
  // Most handles run once and nobody asks: then the copy is made as late as it can be.
  #context: Context | ContextValues
  protected readonly reporter: ExceptionReporter

  /** @param context the one to run in, or the values of the one to run in a copy of. */
  constructor(
    reporter: ExceptionReporter,
    callback: Callback,
    args: readonly unknown[],
    context: Context | ContextValues,
  ) {
    this.reporter = reporter
    this.#callback = callback
    this.#args = args.length === 0 ? nothing : args
    this.#context = context
  }

  /** Where the handle was made; in debug mode only. */
  get source(): string | undefined {
    return sourceOf(this)
  }

  /** Prevents the call, if it has not begun, and lets go of the callback and its arguments. */
  cancel(): void {
    this.#callback = undefined
    this.#args = nothing
  }

  cancelled(): boolean {
    return this.#callback === undefined
  }

  /** The context in which the callback runs. */
  getContext(): Context {
    if (this.#context instanceof Context) return this.#context
    return (this.#context = new Context(this.#context))
  }

  /** Whether this handle calls `callback`: how a future finds the one to remove. */
  calls(callback: Callback): boolean {
    return this.#callback === callback
  }

  run(): void {
    const callback = this.#callback
    if (callback === undefined) return
    const previous = Context.swap(this.#context)
    try {
      if (this.#args === nothing) callback()
      else callback(...this.#args)
    } catch (error) {
      this.#context = Context.current
      this.reporter.callExceptionHandler({
        message: `Exception in callback ${this.toString()}`,
        exception: error,
        handle: this,
      })
    } finally {
      Context.swap(previous)
    }
  }

  toString(): string {
    if (this.#callback === undefined) return '<Handle cancelled>'
    const name = this.#callback.name === '' ? '(anonymous)' : this.#callback.name
    return `<Handle ${name}()${this.source === undefined ? '' : ` created at ${this.source}`}>`
  }
}
