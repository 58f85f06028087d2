import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireFd } from './require-fd.js'
import { connectAcceptedSocket } from './connect-accepted-socket.js'
import { Connection } from './connection.js'
import { requireSocketOptions, type SocketOptions } from './socket-options.js'
import { StreamProtocol } from './stream-protocol.js'
import { StreamReader, type StreamReaderOptions } from './stream-reader.js'
import { StreamWriter } from './stream-writer.js'

export interface OpenSocketOptions extends SocketOptions, StreamReaderOptions {}

function* opening(fd: number, reader: StreamReader, options: SocketOptions): Gen<Connection> {
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
 *   await using one = await openSocket(fds[0])
 *   await using other = await openSocket(fds[1])
 *   one.writer.write('a pair\n')
 *   console.log(String(await other.reader.readLine()).trim()) // a pair
 * })
 * ```
 */
export function openSocket(fd: number, options: OpenSocketOptions = {}): Coroutine<Connection> {
  requireFd(fd)
  requireSocketOptions(options)
  return coroutine(opening(fd, new StreamReader(options), options))
}
