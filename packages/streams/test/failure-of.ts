import type { Coroutine, Gen } from '@tsyncio/tasks'

/** What waiting for it throws; `undefined` if it throws nothing. */
export function* failureOf(wait: Coroutine<unknown> | Gen<unknown>): Gen<unknown> {
  try {
    yield* { [Symbol.iterator]: () => wait[Symbol.iterator]() }
  } catch (error) {
    return error
  }
  return undefined
}
