const brand = Symbol.for('tsyncio.ExceptionGroup')

/** Which errors: those of a class, of one of several classes, or those for which it is true. */
export type ErrorCondition =
  | (abstract new (...args: never[]) => Error)
  | readonly (abstract new (...args: never[]) => Error)[]
  | ((error: unknown) => boolean)

/**
 * Several errors at once (PEP 654), as an `AggregateError`: `errors` holds them in the
 * order in which they happened. Groups may be nested; {@link subgroup} and {@link split}
 * pick by what is in them and keep the nesting.
 *
 * A group may be of a class of one's own: the parts of it are made by {@link derive}.
 *
 * @throws TypeError if `errors` is no array, RangeError if it is empty.
 * @example
 * ```ts
 * import { ExceptionGroup } from 'tsyncio'
 *
 * const group = new ExceptionGroup('two jobs', [new RangeError('a'), new TypeError('b')])
 * const [ranges, others] = group.split(RangeError)
 * console.log(ranges?.errors.map(String), others?.errors.map(String)) // [ 'RangeError: a' ] [ 'TypeError: b' ]
 * console.log(group.subgroup(SyntaxError)) // null
 * ```
 */
export class ExceptionGroup extends AggregateError {
  static {
    this.prototype.name = 'ExceptionGroup'
  }
  readonly [brand] = true
  readonly code: string = 'ERR_TSYNCIO_EXCEPTION_GROUP'
  /** What the group is about; `message` has the number of errors as well. */
  readonly text: string

  constructor(text: string, errors: readonly unknown[], options?: ErrorOptions) {
    if (!Array.isArray(errors)) throw new TypeError(`Expected an array, got ${typeof errors}.`)
    if (errors.length === 0) throw new RangeError('A group of errors must have one at least.')
    const count = `${errors.length} sub-exception${errors.length === 1 ? '' : 's'}`
    super(errors, `${text} (${count})`, options)
    this.text = text
  }

  /** Makes the group that holds `errors` in place of this one's. For classes of one's own. */
  derive(errors: readonly unknown[]): ExceptionGroup {
    return new ExceptionGroup(this.text, errors)
  }

  /** The part that fulfils the condition; null if there is none. */
  subgroup(condition: ErrorCondition): ExceptionGroup | null {
    return this.split(condition)[0]
  }

  /**
   * The part that fulfils the condition, and the rest; null for a part that is empty. A
   * group that fulfils it as a whole is not taken apart.
   *
   * @throws TypeError if the condition is none.
   */
  split(condition: ErrorCondition): [ExceptionGroup | null, ExceptionGroup | null] {
    return this.#split(predicateOf(condition))
  }

  #split(fulfils: (error: unknown) => boolean): [ExceptionGroup | null, ExceptionGroup | null] {
    if (fulfils(this)) return [this, null]
    const [matched, rest]: [unknown[], unknown[]] = [[], []]
    for (const error of this.errors as unknown[]) {
      if (!(error instanceof ExceptionGroup)) {
        ;(fulfils(error) ? matched : rest).push(error)
        continue
      }
      const [within, without] = error.#split(fulfils)
      if (within !== null) matched.push(within)
      if (without !== null) rest.push(without)
    }
    return [this.#part(matched), this.#part(rest)]
  }

  // A part comes from where the whole comes from.
  #part(errors: readonly unknown[]): ExceptionGroup | null {
    if (errors.length === 0) return null
    const part = this.derive(errors)
    if ('cause' in this) part.cause = this.cause
    const frames = this.stack?.search(/^ +at /m) ?? -1
    if (frames >= 0) part.stack = `${part.name}: ${part.message}\n${this.stack?.slice(frames)}`
    return part
  }
}

function isErrorClass(value: unknown): value is abstract new () => Error {
  if (typeof value !== 'function') return false
  return value === Error || (value as { prototype?: unknown }).prototype instanceof Error
}

function predicateOf(condition: ErrorCondition): (error: unknown) => boolean {
  const classes: readonly unknown[] = Array.isArray(condition) ? condition : [condition]
  if (classes.every(isErrorClass)) {
    return (error) => classes.some((each) => error instanceof (each as typeof Error))
  }
  if (typeof condition === 'function') return condition as (error: unknown) => boolean
  throw new TypeError(
    `Expected a class of errors, an array of such, or a function, got ${String(condition)}.`,
  )
}
