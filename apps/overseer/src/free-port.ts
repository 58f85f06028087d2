import { OSError, startServer, type Gen } from 'tsyncio'

import { UserError } from './user-error.js'

/** @throws UserError if somebody listens at the port that is meant for `name`. */
export function* requireFreePort(port: number, name: string): Gen<void> {
  try {
    const server = yield* startServer(() => undefined, { host: '127.0.0.1', port })
    server.close()
  } catch (error) {
    // A port that only the process may listen at, by whatever right, is its own affair.
    if (!(error instanceof OSError && error.code === 'EADDRINUSE')) return
    throw new UserError(`port ${port}, meant for ${name}, is in use: choose others with -p`)
  }
}
