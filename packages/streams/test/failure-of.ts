import type { Suspend } from '@tsyncio/loop'

type Wait = Iterable<unknown> | { [Symbol.iterator](): Iterator<unknown> }

/** What waiting throws, or the call that is to be waited for; undefined if neither does. */
export function* failureOf(
  wait: Wait | (() => Wait),
): Generator<Suspend, (Error & { code?: string }) | undefined, unknown> {
  try {
    const begun = typeof wait === 'function' ? wait() : wait
    yield* { [Symbol.iterator]: () => begun[Symbol.iterator]() } as Iterable<Suspend>
  } catch (error) {
    return error as Error
  }
  return undefined
}
