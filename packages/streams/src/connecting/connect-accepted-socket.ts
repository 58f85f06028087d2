import type { Coroutine } from '@tsyncio/tasks'

import { createConnection } from './create-connection.js'
import type { FdLike } from '../sockets/fd-like.js'
import type { MaxFdsOption } from '../fds/require-max-fds.js'
import type { SocketOptions } from '../sockets/socket-options.js'
import type { Protocol, Transport } from '../transports/transport.js'

export interface ConnectAcceptedSocketOptions extends SocketOptions, MaxFdsOption {}

/**
 * Lets a protocol of `factory` use a connected stream socket that somebody else has made:
 * accepted elsewhere, inherited, or received from another process. The fd belongs to the
 * transport from then on. It is `createConnection(factory, { fd })` under asyncio's name.
 *
 * @throws OSError if the fd is not open, or no socket; TypeError if it is a socket of
 *   another type. The fd is the caller's then.
 */
export function connectAcceptedSocket<P extends Protocol>(
  factory: () => P,
  fd: FdLike,
  options: ConnectAcceptedSocketOptions = {},
): Coroutine<[Transport, P]> {
  return createConnection(factory, { fd }, options)
}
