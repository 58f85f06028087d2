import { CancelScope } from './cancel-scope.js'
import { coroutine, type Coroutine, type Gen, type Out, type Started } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { requireDeadline } from './require-deadline.js'

export interface DeadlineOptions {
  /** Whether the body is kept from the cancellation of scopes around it. Default: false. */
  readonly shield?: boolean
}

function* within<S extends Started>(
  delay: number | null,
  body: (scope: CancelScope) => S,
  options: DeadlineOptions,
): Gen<Out<S> | undefined> {
  const { loop } = requireStrand('moveOnAfter()')
  const deadline = delay === null ? Infinity : loop.time() + delay
  return yield* new CancelScope({ ...options, deadline }).run(body)
}

/**
 * Runs `body` in a {@link CancelScope} that is cancelled after `delay` milliseconds (null
 * for never), and goes on: with what the body returned, or `undefined` if it was ended.
 * `scope.cancelledCaught` tells them apart.
 *
 * With `shield`, a region that a cancellation from outside cannot reach for that long:
 * what a clean-up needs that has to wait.
 *
 * @throws TypeError, RangeError if `delay` is no number of milliseconds.
 * @example
 * ```ts
 * import { moveOnAfter, run, sleep } from 'tsyncio'
 *
 * const answer = await run(async () => moveOnAfter(5, () => sleep(60_000, 'late')))
 * console.log(answer) // undefined
 * ```
 */
export function moveOnAfter<S extends Started>(
  delay: number | null,
  body: (scope: CancelScope) => S,
  options: DeadlineOptions = {},
): Coroutine<Out<S> | undefined> {
  requireDeadline(delay)
  return coroutine(within(delay, body, options))
}
