import type { Spelling } from '@tsyncio/tasks/testing/vitest'

import type { Connection } from '../connecting/connection.js'

/** Closes ends, all at once, and waits until they are gone. */
export type Close = (...ends: readonly Connection[]) => Generator<unknown, void, unknown>

export function closing({ wait }: Spelling): Close {
  return function* (...ends) {
    for (const { writer } of ends) writer.close()
    for (const { writer } of ends) yield* wait(writer[Symbol.asyncDispose]())
  }
}
