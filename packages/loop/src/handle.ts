import { Context } from './context.js'
import type { ExceptionReporter } from './exception-handler.js'
import type { Runnable } from './runnable.js'

/** Any function that a loop may call: its arguments are bound when it is scheduled. */
export type Callback<A extends readonly unknown[] = readonly unknown[]> = (...args: A) => unknown

const nothing: readonly never[] = []
const cancelledCallback = (): void => undefined

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
  #callback: Callback
  #args: readonly unknown[]
  #cancelled = false
  readonly #context: Context
  readonly #reporter: ExceptionReporter
  /** Where the handle was made; in debug mode only. */
  source: string | undefined = undefined

  constructor(
    reporter: ExceptionReporter,
    callback: Callback,
    args: readonly unknown[],
    context: Context,
  ) {
    this.#reporter = reporter
    this.#callback = callback
    this.#args = args
    this.#context = context
  }

  /** Prevents the call, if it has not begun, and lets go of the callback and its arguments. */
  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#callback = cancelledCallback
    this.#args = nothing
  }

  cancelled(): boolean {
    return this.#cancelled
  }

  /** The context in which the callback runs. */
  getContext(): Context {
    return this.#context
  }

  /** Whether this handle calls `callback`: how a future finds the one to remove. */
  calls(callback: Callback): boolean {
    return this.#callback === callback
  }

  run(): void {
    if (this.#cancelled) return
    const previous = Context.swap(this.#context)
    try {
      this.#callback(...this.#args)
    } catch (error) {
      this.#reporter.callExceptionHandler({
        message: `Exception in callback ${this.toString()}`,
        exception: error,
        handle: this,
      })
    } finally {
      Context.swap(previous)
    }
  }

  toString(): string {
    if (this.#cancelled) return '<Handle cancelled>'
    const name = this.#callback.name === '' ? '(anonymous)' : this.#callback.name
    return `<Handle ${name}()${this.source === undefined ? '' : ` created at ${this.source}`}>`
  }
}
