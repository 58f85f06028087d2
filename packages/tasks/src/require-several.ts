import { isFuture } from '@tsyncio/loop'

import { isCoroutine } from './coroutine.js'
import { isGenerator } from './start-body.js'

/**
 * What is to be waited for, as an array.
 *
 * @throws TypeError for a single awaitable: most of them can be iterated, to be waited for.
 */
export function requireSeveral<A>(awaitables: Iterable<A>, what: string): A[] {
  const single = isFuture(awaitables) || isCoroutine(awaitables) || isGenerator(awaitables)
  if (
    single ||
    typeof (awaitables as Partial<Iterable<A>> | null)?.[Symbol.iterator] !== 'function'
  )
    throw new TypeError(
      `${what} takes several: expected an array or a set, got ${show(awaitables)}.`,
    )
  return [...awaitables]
}

function show(value: unknown): string {
  return isGenerator(value) ? 'a generator' : `${String(value)} (${typeof value})`
}
