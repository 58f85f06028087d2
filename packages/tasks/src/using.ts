import { isCancelled, type Suspend } from '@tsyncio/loop'

import {
  coroutine,
  isCoroutine,
  type Coroutine,
  type Gen,
  type Out,
  type Started,
} from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { startBody } from './start-body.js'
import { suppressedError } from './suppressed-error.js'
import { until } from './until.js'

/** What {@link using} disposes of; null and undefined need nothing. */
export type Resource = Disposable | AsyncDisposable | null | undefined

type Dispose = () => unknown

/** The resource's own way to be disposed of; the one that waits goes first. */
function disposal(resource: Resource): Dispose {
  if (resource === null || resource === undefined) return () => undefined
  const { [Symbol.asyncDispose]: waiting } = resource as Partial<AsyncDisposable>
  if (typeof waiting === 'function') return () => waiting.call(resource)
  const { [Symbol.dispose]: dispose } = resource as Partial<Disposable>
  // As in `await using`, what this one gives is not waited for.
  if (typeof dispose === 'function') return () => void dispose.call(resource)
  throw new TypeError('Expected a resource with Symbol.dispose or Symbol.asyncDispose.')
}

function* completed(disposed: unknown): Gen<void> {
  if (isCoroutine(disposed)) yield* disposed
  else if (typeof (disposed as PromiseLike<unknown> | undefined)?.then === 'function')
    yield* until(disposed as PromiseLike<unknown>)
}

function* disposing<S extends Started>(
  resource: Resource,
  dispose: Dispose,
  body: (resource: never) => S,
): Gen<Out<S>> {
  let result: Out<S>
  try {
    result = yield* startBody(requireStrand('using()'), body, resource as never)
  } catch (failure) {
    throw yield* afterFailure(failure, dispose)
  }
  yield* completed(dispose())
  return result
}

/** Disposes after the body has failed; gives what to throw. */
function* afterFailure(failure: unknown, dispose: Dispose): Generator<Suspend, unknown, unknown> {
  try {
    yield* completed(dispose())
    return failure
  } catch (error) {
    // To have been cancelled must not look like a failure: scopes and groups look for it.
    if (!isCancelled(error)) return suppressedError(error, failure)
    if (!isCancelled(failure)) error.cause ??= failure
    return error
  }
}

/**
 * Runs `body` with a resource and disposes of that, however the body ends: the `using` and
 * `await using` of generators, which have neither. What `Symbol.asyncDispose` gives is
 * waited for, before the result of the body is given or its error thrown.
 *
 * Cancelled in the body, the resource is disposed of as after any error. Nothing shields
 * the disposal: a cancellation that comes meanwhile interrupts its wait, as do cancelled
 * scopes around it; use `moveOnAfter(ms, ..., { shield: true })` in the disposal if it has
 * to complete.
 *
 * @throws what the body threw. What the disposal threw; if the body had failed before, as
 *   `error` of a SuppressedError, with the failure of the body as `suppressed`. A disposal
 *   that is cancelled throws its CancelledError, with the failure of the body as `cause`.
 * @example
 * ```ts
 * import { run, sleep, using } from 'tsyncio'
 *
 * const door = {
 *   name: 'door',
 *   [Symbol.asyncDispose]: async () => {
 *     await sleep(1)
 *     console.log('closed') // closed
 *   },
 * }
 *
 * await run(function* () {
 *   const name = yield* using(door, function* (open) {
 *     yield* sleep(1)
 *     return open.name
 *   })
 *   console.log(name) // door
 * })
 * ```
 */
export function using<R extends Resource, S extends Started>(
  resource: R,
  body: (resource: R) => S,
): Coroutine<Out<S>> {
  if (typeof body !== 'function') throw new TypeError(`Expected a function, got ${typeof body}.`)
  return coroutine(disposing(resource, disposal(resource), body))
}
