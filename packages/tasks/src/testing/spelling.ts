import type { Future } from '@tsyncio/loop'

import type { Coroutine, Started } from '../coroutine.js'

/** What a scenario waits for: anything that can be taken with `yield*` and with `await`. */
export type Waited<T> = Future<T> | Coroutine<T>

/** A body written once, for both spellings: it waits with `yield* wait(x)`. */
export type Script<T, A extends unknown[] = []> = (...args: A) => Generator<unknown, T, unknown>

/** How bodies are spelled: as generators, or as async functions. */
export interface Spelling {
  readonly name: 'generator' | 'async'
  wait<T>(waited: Waited<T>): Generator<unknown, T, unknown>
  body<T, A extends unknown[]>(script: Script<T, A>): (...args: A) => Started
}

/** Bodies as generators: `yield* x` is `yield* x`. */
export const generators: Spelling = {
  name: 'generator',
  *wait<T>(waited: Waited<T>): Generator<unknown, T, unknown> {
    return (yield* waited as Iterable<unknown>) as T
  },
  body: (script) => script as never,
}

/** Bodies as async functions: each `yield* wait(x)` is an `await x` in one. */
export const asyncFunctions: Spelling = {
  name: 'async',
  *wait<T>(waited: Waited<T>): Generator<unknown, T, unknown> {
    return (yield waited) as T
  },
  body:
    (script) =>
    async (...args) => {
      const steps = script(...args)
      let step = steps.next()
      while (step.done !== true) {
        let value: unknown
        try {
          value = await step.value
        } catch (error) {
          step = steps.throw(error)
          continue
        }
        step = steps.next(value)
      }
      return step.value
    },
}
