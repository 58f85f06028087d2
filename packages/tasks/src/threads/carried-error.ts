// Cloning keeps little of an error: no code, no name of its own, no brand. So the parts
// are sent, and put together again in the other thread.
import { cloneable } from './cloneable.js'

/** An error, or whatever was thrown, in parts that can be cloned. */
export interface CarriedError {
  /** The built-in class that it was an instance of; null for what was no error. */
  readonly base: string | null
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Own properties: `code` and friends. */
  readonly properties: Readonly<Record<string, unknown>>
  /** Own properties under symbols that every thread knows: the brands. */
  readonly brands: Readonly<Record<string, unknown>>
  readonly cause: CarriedError | undefined
  readonly errors: readonly CarriedError[] | undefined
  /** What was thrown, if it was no error. */
  readonly value: unknown
}

const bases = {
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  Error,
}
const carriedApart = new Set(['name', 'message', 'stack', 'cause', 'errors'])

// A chain of causes longer than this helps nobody, and may be a circle.
const deepest = 16

function cloneableProperties(error: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(error).filter(([key, value]) => !carriedApart.has(key) && cloneable(value)),
  )
}

function brandsOf(error: object): Record<string, unknown> {
  const brands: Record<string, unknown> = {}
  for (const symbol of Object.getOwnPropertySymbols(error)) {
    const key = Symbol.keyFor(symbol)
    const value = (error as Record<symbol, unknown>)[symbol]
    if (key !== undefined && cloneable(value)) brands[key] = value
  }
  return brands
}

/** Takes an error apart. */
export function packError(error: unknown, depth = 0): CarriedError {
  if (!(error instanceof Error)) {
    const value = cloneable(error) ? error : String(error)
    return { ...nothing, value }
  }
  const { cause, errors } = error as { cause?: unknown; errors?: unknown }
  const goesOn = depth < deepest
  return {
    base: Object.entries(bases).find(([, base]) => error instanceof base)?.[0] ?? 'Error',
    name: String(error.name),
    message: String(error.message),
    stack: error.stack === undefined ? undefined : String(error.stack),
    properties: cloneableProperties(error),
    brands: brandsOf(error),
    cause: goesOn && cause !== undefined ? packError(cause, depth + 1) : undefined,
    errors:
      goesOn && Array.isArray(errors)
        ? errors.map((each) => packError(each, depth + 1))
        : undefined,
    value: undefined,
  }
}

const nothing: CarriedError = {
  base: null,
  name: '',
  message: '',
  stack: undefined,
  properties: {},
  brands: {},
  cause: undefined,
  errors: undefined,
  value: undefined,
}

/** Puts an error together again: an instance of the same built-in class. */
export function unpackError(carried: CarriedError): unknown {
  if (carried.base === null) return carried.value
  const { base, message } = carried
  const error =
    base === 'AggregateError'
      ? new AggregateError((carried.errors ?? []).map(unpackError), message)
      : new (bases[base as Exclude<keyof typeof bases, 'AggregateError'>] ?? Error)(message)
  hide(error, 'stack', carried.stack)
  if (error.name !== carried.name) hide(error, 'name', carried.name)
  if (carried.cause !== undefined) hide(error, 'cause', unpackError(carried.cause))
  Object.assign(error, carried.properties)
  for (const [key, value] of Object.entries(carried.brands)) {
    Object.assign(error, { [Symbol.for(key)]: value })
  }
  return error
}

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true })
}
