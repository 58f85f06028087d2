/** What a context holds at one moment; never changed. */
export type ContextValues = ReadonlyMap<object, unknown>

const none: ContextValues = new Map()

// Values stand for a copy, which is made when somebody asks for it: most callbacks don't.
let entered: Context | ContextValues | undefined

/**
 * The values of all context variables at one place in the program (PEP 567).
 *
 * A callback runs in a copy of the context that was current when it was scheduled, a task
 * in a copy of its creator's: what they set, nobody else sees. Copying is cheap: two
 * contexts share one map until either sets a variable.
 *
 * @example
 * ```ts
 * import { Context, ContextVariable } from '@tsyncio/loop'
 *
 * const user = new ContextVariable('user', 'nobody')
 * Context.current.copy().run(() => user.set('ada'))
 * console.log(user.get()) // nobody
 * ```
 */
export class Context {
  static readonly #root = new Context()
  static #ambient: () => Context | undefined = () => undefined
  #values: ContextValues

  constructor(values: ContextValues = none) {
    this.#values = values
  }

  /** The context in which the running code is. */
  static get current(): Context {
    if (entered === undefined) return Context.#ambient() ?? Context.#root
    if (entered instanceof Context) return entered
    return (entered = new Context(entered))
  }

  /** What the current context holds. */
  static get currentValues(): ContextValues {
    if (entered === undefined || entered instanceof Context) return Context.current.values
    return entered
  }

  /**
   * Makes a context current, or a new one with such values, and gives what there was;
   * whoever swaps must swap back.
   */
  static swap(context: Context | ContextValues | undefined): Context | ContextValues | undefined {
    const previous = entered
    entered = context
    return previous
  }

  /** How to find the context of async code, which nobody enters: told by the layer of tasks. */
  static setAmbient(find: () => Context | undefined): void {
    Context.#ambient = find
  }

  /** What it holds now: enough to make a copy of it later. */
  get values(): ContextValues {
    return this.#values
  }

  copy(): Context {
    return new Context(this.#values)
  }

  /** Calls `callback` with this context current. What it sets stays in this context. */
  run<A extends unknown[], R>(callback: (...args: A) => R, ...args: A): R {
    const previous = Context.swap(this)
    try {
      return callback(...args)
    } finally {
      Context.swap(previous)
    }
  }

  has(variable: object): boolean {
    return this.#values.has(variable)
  }

  get(variable: object): unknown {
    return this.#values.get(variable)
  }

  set(variable: object, value: unknown): void {
    this.#values = new Map(this.#values).set(variable, value)
  }

  delete(variable: object): void {
    const values = new Map(this.#values)
    values.delete(variable)
    this.#values = values
  }
}
