import type { CancelScope } from './cancel-scope.js'
import { coroutine, type Coroutine, type Gen, type Out, type Started } from './coroutine.js'
import { moveOnAfter, type DeadlineOptions } from './move-on-after.js'
import { TimeoutError } from './timeout-error.js'

function* within<S extends Started>(
  delay: number | null,
  body: (scope: CancelScope) => S,
  options: DeadlineOptions,
): Gen<Out<S>> {
  let entered: CancelScope | undefined
  const result = yield* moveOnAfter(delay, (scope) => body((entered = scope)), options)
  if (entered?.cancelledCaught === true) throw new TimeoutError('The time was up.')
  return result as Out<S>
}

/**
 * As {@link moveOnAfter}, but a body that was ended is a failure. Beside `timeout`, which
 * asks the body to end once, this insists: every wait of the body throws from then on.
 *
 * @throws TimeoutError if the scope ended the body.
 * @example
 * ```ts
 * import { failAfter, run, sleep } from 'tsyncio'
 *
 * await run(function* () {
 *   try {
 *     yield* failAfter(5, () => sleep(60_000))
 *   } catch (error) {
 *     console.log((error as Error).name) // TimeoutError
 *   }
 * })
 * ```
 */
export function failAfter<S extends Started>(
  delay: number | null,
  body: (scope: CancelScope) => S,
  options: DeadlineOptions = {},
): Coroutine<Out<S>> {
  return coroutine(within(delay, body, options))
}
