import type { EventLoop } from '@tsyncio/loop'

/**
 * Promises settle in Node's loop, which stands still below a loop that owns the thread.
 *
 * @throws TypeError on such a loop.
 */
export function requirePromises(loop: EventLoop, what: string): void {
  if (loop.core.driver?.name !== 'blocking') return
  throw new TypeError(
    `${what} needs promises, and these do not settle while runBlocking() owns the thread: ` +
      'spell it as a generator, or use run().',
  )
}
