import { getEventLoop } from '@tsyncio/loop'
import { AF_UNIX, osError, SOCK_NONBLOCK, SOCK_STREAM, socketpair } from '@tsyncio/syscalls'

import type { Connection } from '../connecting/connection.js'
import { SocketTransport } from '../transports/socket-transport.js'
import type { StreamReaderOptions } from '../reading/stream-reader.js'
import { connectionOver } from './connection-over.js'

/**
 * Two ends that are connected by the kernel (`socketpair(2)`): a memory pair with real fds.
 *
 * @throws OSError if there are no fds left.
 */
export function socketPair(options: StreamReaderOptions = {}): [near: Connection, far: Connection] {
  const loop = getEventLoop()
  const fds = new Int32Array(2)
  const result = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds)
  if (result < 0) throw osError(result, 'socketpair')
  const over = (fd: number): Connection =>
    connectionOver((protocol) => {
      const transport = new SocketTransport(loop, fd, protocol)
      transport.start()
      return transport
    }, options)
  return [over(fds[0] as number), over(fds[1] as number)]
}
