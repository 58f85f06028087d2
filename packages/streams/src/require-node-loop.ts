import { getEventLoop, type EventLoop } from '@tsyncio/loop'

/** The running loop, if Node's lives beside it. @throws TypeError in `runBlocking`. */
export function requireNodeLoop(loop = getEventLoop()): EventLoop {
  if (loop.core.driver?.name === 'blocking') {
    throw new TypeError(
      "Node's and the web's streams need Node's loop, which stands still in runBlocking().",
    )
  }
  return loop
}
