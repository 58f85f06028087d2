import type { Spelling, Waited } from '@tsyncio/tasks/testing/vitest'

/** Waits for something that is to fail, and gives the error; `undefined` if it did not. */
export type FailureOf = (waited: Waited<unknown>) => Generator<unknown, unknown, unknown>

export function failures({ wait }: Spelling): FailureOf {
  return function* (waited) {
    try {
      yield* wait(waited)
    } catch (error) {
      return error
    }
    return undefined
  }
}
