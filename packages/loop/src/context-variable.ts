import { Context } from './context.js'
import { InvalidStateError } from './invalid-state-error.js'

const unset = Symbol('unset')

/** What `set` gives, to put the former value back. */
export interface ContextToken<T> {
  readonly variable: ContextVariable<T>
  readonly context: Context
  readonly had: boolean
  readonly value: T | undefined
  /** Whether the former value has been put back. */
  readonly used: boolean
}

/**
 * A variable whose value belongs to the running callback or task (PEP 567,
 * Python's `contextvars.ContextVar`).
 *
 * @example
 * ```ts
 * import { ContextVariable } from '@tsyncio/loop'
 *
 * const depth = new ContextVariable('depth', 0)
 * const token = depth.set(1)
 * console.log(depth.get()) // 1
 * depth.reset(token)
 * console.log(depth.get()) // 0
 * ```
 */
export class ContextVariable<T> {
  readonly name: string
  readonly #fallback: T | typeof unset

  constructor(name: string, ...fallback: [value?: T])
  constructor(name: string, ...fallback: [T?]) {
    this.name = name
    this.#fallback = fallback.length === 0 ? unset : (fallback[0] as T)
  }

  /** The value here, else `fallback`, else the variable's own; without any a ReferenceError. */
  get(...fallback: [value?: T]): T {
    if (Context.current.has(this)) return Context.current.get(this) as T
    if (fallback.length > 0) return fallback[0] as T
    if (this.#fallback !== unset) return this.#fallback
    throw new ReferenceError(
      `The context variable "${this.name}" has no value here and no default: set it, or give get() one.`,
    )
  }

  set(value: T): ContextToken<T> {
    const context = Context.current
    const had = context.has(this)
    const before = context.get(this) as T | undefined
    context.set(this, value)
    return { variable: this, context, had, value: before, used: false }
  }

  /**
   * Puts back what was there before the `set` that gave the token.
   *
   * @throws InvalidStateError if the token was used before. TypeError if it is of another
   *   variable, or of another context than the current one.
   */
  reset(token: ContextToken<T>): void {
    if (token.used) {
      throw new InvalidStateError(
        `The token of the context variable "${this.name}" was used already: each \`set\` can be taken back once.`,
      )
    }
    if (token.variable !== this || token.context !== Context.current) {
      throw new TypeError(
        `The token does not belong to the context variable "${this.name}" in the current context.`,
      )
    }
    ;(token as { used: boolean }).used = true
    if (token.had) Context.current.set(this, token.value)
    else Context.current.delete(this)
  }
}
