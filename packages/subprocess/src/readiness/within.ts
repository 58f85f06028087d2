import { timeout, TimeoutError, type Gen } from '@tsyncio/tasks'

import { defaultTimeout, type ReadinessOptions } from './readiness-options.js'

/** Runs a wait within the time that it has. @param describe what has not happened, and why. */
export function* within<T>(
  { timeout: limit = defaultTimeout }: ReadinessOptions,
  work: () => Gen<T>,
  describe: () => { readonly what: string; readonly cause?: unknown },
): Gen<T> {
  let isExpired = () => false
  try {
    return yield* timeout(limit, (deadline) => {
      isExpired = () => deadline.expired()
      return work()
    })
  } catch (error) {
    if (!(error instanceof TimeoutError) || !isExpired()) throw error
    const { what, cause } = describe()
    throw new TimeoutError(`It took longer than ${limit} ms until ${what}`, { cause })
  }
}
