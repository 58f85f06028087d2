import type { Future } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

import type { FdTransport } from './fd-transport.js'

/**
 * Starts a transport, and waits until its protocol knows it, or `made` has failed.
 * Cancelled or failed, the transport is aborted.
 */
export function* introduced<T extends FdTransport>(
  transport: T,
  made: Future<void> = transport.loop.createFuture<void>(),
): Gen<T> {
  transport.start(() => void (made.done() || made.setResult()))
  try {
    yield* made
  } catch (error) {
    transport.abort()
    throw error
  }
  return transport
}
