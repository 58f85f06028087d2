import type { EventLoop } from '@tsyncio/loop'

/** @throws TypeError on a loop that owns the thread, below which Node's stands still. */
export function requireNodeLoop(loop: EventLoop, what: string): void {
  if (loop.core.driver?.name !== 'blocking') return
  throw new TypeError(
    `${what} needs Node's loop, which stands still while runBlocking() owns the thread: use run().`,
  )
}
