import { getEventLoop, type EventLoop } from '@tsyncio/loop'

/** The running loop. @throws TypeError if it owns the thread, so that Node's stands still. */
export function requireNodeLoop(what: string, loop = getEventLoop()): EventLoop {
  if (loop.core.driver?.name !== 'blocking') return loop
  throw new TypeError(
    `${what} needs Node's loop, which stands still while runBlocking() owns the thread: use run().`,
  )
}
