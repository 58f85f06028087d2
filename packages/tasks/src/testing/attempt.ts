import { isCancelled } from '@tsyncio/loop'

import { ExceptionGroup } from '../exception-group.js'
import type { Script } from './spelling.js'

function describeError(error: unknown): unknown {
  if (error instanceof ExceptionGroup) return error.errors.map(describeError)
  return isCancelled(error) ? `cancelled: ${error.message}` : (error as Error).message
}

/** Gives the result of a script, or what can be said of its error: of a group's, of each. */
export function* attempt(script: Script<unknown>): Generator<unknown, unknown, unknown> {
  try {
    return yield* script()
  } catch (error) {
    return describeError(error)
  }
}
