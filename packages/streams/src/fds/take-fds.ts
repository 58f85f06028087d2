import { F_GETFL, F_SETFL, fcntl, O_NONBLOCK } from '@tsyncio/syscalls'

import type { ReaderAndWriter } from '../bridges/as-duplex.js'
import { socketTransportOf } from './socket-transport-of.js'
import type { Transport } from '../transports/transport.js'

export interface TakeFdsOptions {
  /** Makes the open files non-blocking: for the sender too, who shares them. Default: false. */
  readonly nonBlocking?: boolean
}

/** Received fds as they were asked for. */
export function prepared(fds: number[], { nonBlocking = false }: TakeFdsOptions): number[] {
  if (nonBlocking) for (const fd of fds) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK)
  return fds
}

/**
 * Takes fds that came over a connection which was opened with `maxFds`: the oldest ones, at
 * most `most`, without waiting. When the first byte of a message has been read, its fds are
 * there: read as you like (`readLine`, `readExactly`), then take as many as the message says.
 * They are close-on-exec, and the caller's to close. Those that nobody has taken are closed
 * with the connection.
 *
 * @throws TypeError if it is no connection over a Unix socket.
 */
export function takeFds(
  of: ReaderAndWriter | Transport,
  most = Infinity,
  options: TakeFdsOptions = {},
): number[] {
  if (typeof most !== 'number') throw new TypeError(`Expected a number, got ${typeof most}.`)
  if (!(most >= 0)) throw new RangeError(`Expected a number of at least 0, got ${most}.`)
  return prepared(socketTransportOf(of).takeFds(most), options)
}
