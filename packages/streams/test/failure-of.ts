import type { Coroutine, Gen } from '@tsyncio/tasks'

type Wait = Coroutine<unknown> | Gen<unknown> | Iterable<unknown>

/** What waiting throws, or the call that is to be waited for; undefined if neither does. */
export function* failureOf(wait: Wait | (() => Wait)): Gen<unknown> {
  try {
    const begun = typeof wait === 'function' ? wait() : wait
    yield* { [Symbol.iterator]: () => begun[Symbol.iterator]() } as Gen<unknown>
  } catch (error) {
    return error
  }
  return undefined
}
