import { requireStrand } from './current-strand.js'

/**
 * Until when the running code has time, by the cancel scopes around it: on the loop's
 * clock in milliseconds, Infinity without a deadline, -Infinity if they are cancelled.
 * What lies outside of a shield does not count, nor does a `timeout`.
 *
 * @throws Error outside of every task.
 * @example
 * ```ts
 * import { currentEffectiveDeadline, getRunningLoop, moveOnAfter, run } from 'tsyncio'
 *
 * await run(async () => {
 *   const left = await moveOnAfter(5000, async () => {
 *     return currentEffectiveDeadline() - getRunningLoop().time()
 *   })
 *   console.log(Math.ceil(left! / 1000)) // 5
 * })
 * ```
 */
export function currentEffectiveDeadline(): number {
  return requireStrand('currentEffectiveDeadline()').scope?.effectiveDeadline() ?? Infinity
}
