import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireFd } from './require-fd.js'
import {
  connectAcceptedSocket,
  type ConnectAcceptedSocketOptions,
} from './connect-accepted-socket.js'
import { Connection } from './connection.js'
import { requireMaxFds } from './require-max-fds.js'
import { requireSocketOptions } from './socket-options.js'
import { StreamProtocol } from './stream-protocol.js'
import { StreamReader, type StreamReaderOptions } from './stream-reader.js'
import { StreamWriter } from './stream-writer.js'

export interface OpenSocketOptions extends ConnectAcceptedSocketOptions, StreamReaderOptions {}

function* opening(
  fd: number,
  reader: StreamReader,
  options: ConnectAcceptedSocketOptions,
): Gen<Connection> {
  const factory = () => new StreamProtocol(reader)
  const [transport, protocol] = yield* connectAcceptedSocket(factory, fd, options)
  return new Connection(reader, new StreamWriter(transport, protocol))
}

/**
 * A connection over a connected stream socket that somebody else has made: accepted
 * elsewhere, inherited, or received from another process. The fd belongs to the connection
 * from then on.
 *
 * @throws OSError if the fd is not open, or no socket; TypeError if it is a socket of
 *   another type. The fd is the caller's then.
 * @example
 * ```ts
 * import { openSocket } from '@tsyncio/streams'
 * import { AF_UNIX, SOCK_STREAM, socketpair } from '@tsyncio/syscalls'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(async () => {
 *   const fds = new Int32Array(2)
 *   socketpair(AF_UNIX, SOCK_STREAM, 0, fds)
 *   const [mine, yours] = fds as unknown as [number, number]
 *   await using one = await openSocket(mine)
 *   await using other = await openSocket(yours)
 *   one.writer.write('a pair\n')
 *   console.log(String(await other.reader.readLine()).trim()) // a pair
 * })
 * ```
 */
export function openSocket(fd: number, options: OpenSocketOptions = {}): Coroutine<Connection> {
  requireFd(fd)
  requireSocketOptions(options)
  requireMaxFds(options)
  return coroutine(opening(fd, new StreamReader(options), options))
}
