import { getRunningLoop } from '@tsyncio/loop'
import { EAGAIN, EINTR, MSG_DONTWAIT, osError, sendmsg } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import type { ReaderAndWriter } from '../bridges/as-duplex.js'
import { readiness } from '../sockets/readiness.js'
import { mostFds } from './received-fds.js'
import { requireFd } from '../sockets/fd-like.js'
import { requireUnixSocket } from '../sockets/require-unix-socket.js'
import { requireUnused } from '../sockets/require-unused.js'
import { socketTransportOf } from './socket-transport-of.js'
import type { SignalOptions } from '../transports/signal-options.js'
import type { SocketTransport } from '../transports/socket-transport.js'
import { toBytes } from '../transports/to-bytes.js'

function* sendingRaw(fd: number, data: Uint8Array, fds: readonly number[]): Gen<void> {
  const loop = getRunningLoop()
  requireUnused(loop, fd)
  requireUnixSocket(fd)
  const attached = Int32Array.from(fds)
  for (let sent = 0; sent < data.length;) {
    const rest = data.subarray(sent)
    const count = sendmsg(fd, [rest], MSG_DONTWAIT, null, sent === 0 ? attached : null)
    if (count >= 0) sent += count
    else if (count === -EAGAIN) yield* readiness(loop, fd, 'Writer')
    else if (count !== -EINTR) throw osError(count, 'sendmsg')
  }
}

function* sending(
  { writer }: ReaderAndWriter,
  transport: SocketTransport,
  data: Uint8Array,
  fds: readonly number[],
): Gen<void> {
  transport.writeWithFds(data, fds)
  yield* writer.drain()
}

function requireFds(fds: unknown): void {
  if (!Array.isArray(fds)) throw new TypeError(`Expected an array of fds, got ${typeof fds}.`)
  if (fds.length > mostFds)
    throw new RangeError(`Expected at most ${mostFds} fds for one message, got ${fds.length}.`)
  fds.forEach(requireFd)
}

/**
 * Sends fds to another process with the first byte of `data` (`SCM_RIGHTS`, `unix(7)`), over
 * a connection, or an fd that is a Unix socket. The other side gets fds of its own for the
 * same open files; these here stay open and the caller's, and may be closed when this
 * returns.
 *
 * Over a connection, the data takes its place behind what was written before, and this
 * waits as `drain` does; cancelling only gives up that wait. Over an fd, cancelling may
 * leave a part of the data sent. Aborting `signal` does as cancelling; aborted before,
 * nothing was sent.
 *
 * @throws TypeError if it is no Unix socket; RangeError without data, as no byte could carry
 *   the fds, or for more than 253 fds. OSError if one is not open (EBADF), or the connection
 *   is gone; also if too many are on their way (ETOOMANYREFS), which ends a connection.
 * @example
 * ```ts
 * import { openConnection, receiveFds, sendFds, startServer } from '@tsyncio/streams'
 * import { close } from '@tsyncio/syscalls'
 * import { run } from '@tsyncio/tasks'
 * import { closeSync, openSync, readFileSync } from 'node:fs'
 *
 * const place = { path: '\0fds for all' }
 * await run(async () => {
 *   await using server = await startServer(async (reader, writer) => {
 *     const file = openSync('/proc/sys/kernel/ostype', 'r')
 *     await sendFds({ reader, writer }, 'a file', [file])
 *     closeSync(file)
 *     writer.close()
 *   }, place)
 *   await using connection = await openConnection(place, { maxFds: 1 })
 *   const message = await receiveFds(connection, 1024, 1)
 *   if (message === null) return
 *   const [file = -1] = message.fds
 *   console.log(`${message.data}: ${readFileSync(file)}`.trim()) // a file: Linux
 *   close(file)
 * })
 * ```
 */
export function sendFds(
  to: number | ReaderAndWriter,
  data: Uint8Array | string,
  fds: readonly number[],
  options?: SignalOptions,
): Coroutine<void> {
  requireFds(fds)
  const bytes = toBytes(data)
  if (bytes.length === 0) throw new RangeError('Expected at least one byte to carry the fds.')
  const signal = options?.signal
  if (typeof to !== 'number')
    return coroutine(abortable(signal, sending(to, socketTransportOf(to), bytes, fds)))
  requireFd(to)
  return coroutine(abortable(signal, sendingRaw(to, bytes, fds)))
}
