import { getRunningLoop } from '@tsyncio/loop'
import {
  EAGAIN,
  EINTR,
  getsockopt,
  MSG_CTRUNC,
  MSG_DONTWAIT,
  osError,
  recvmsg,
  SO_TYPE,
  SOCK_DGRAM,
  SOL_SOCKET,
} from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import type { ReaderAndWriter } from '../bridges/as-duplex.js'
import { readiness } from '../sockets/readiness.js'
import { mostFds, wordsBeforeFds } from './received-fds.js'
import { requireFd } from '../sockets/fd-like.js'
import { requireUnixSocket } from '../sockets/require-unix-socket.js'
import { requireUnused } from '../sockets/require-unused.js'
import type { SignalOptions } from '../transports/signal-options.js'
import { socketTransportOf } from './socket-transport-of.js'
import { prepared, takeFds, type TakeFdsOptions } from './take-fds.js'

/** Bytes and the fds that came with them. */
export interface FdMessage {
  readonly data: Buffer
  /** Close-on-exec, and the caller's to close; the thread's end closes them too. */
  readonly fds: number[]
  /** Whether more fds came than there was room for; they are closed. */
  readonly truncated: boolean
}

function* receivingRaw(
  fd: number,
  size: number,
  maxFds: number,
  options: TakeFdsOptions,
): Gen<FdMessage | null> {
  const loop = getRunningLoop()
  requireUnused(loop, fd)
  requireUnixSocket(fd)
  const data = Buffer.allocUnsafe(size)
  const words = new Int32Array(wordsBeforeFds + maxFds)
  for (;;) {
    const count = recvmsg(fd, [data], MSG_DONTWAIT, null, words)
    if (count < 0) {
      if (count !== -EAGAIN && count !== -EINTR) throw osError(count, 'recvmsg')
      yield* readiness(loop, fd, 'Reader')
      continue
    }
    const [, flags, taken] = words as unknown as [number, number, number]
    const fds = prepared([...words.subarray(wordsBeforeFds, wordsBeforeFds + taken)], options)
    // Only a datagram can be empty.
    const isEnd = count === 0 && taken === 0 && getsockopt(fd, SOL_SOCKET, SO_TYPE) !== SOCK_DGRAM
    return isEnd
      ? null
      : { data: data.subarray(0, count), fds, truncated: (flags & MSG_CTRUNC) !== 0 }
  }
}

function* receiving(
  { reader, writer }: ReaderAndWriter,
  size: number,
  maxFds: number,
  options: TakeFdsOptions,
): Gen<FdMessage | null> {
  const data = yield* reader.read(size)
  if (data === null) return null
  return { data, fds: takeFds({ reader, writer }, maxFds, options), truncated: false }
}

function requireCount(name: string, count: unknown, least: number, most: number): void {
  if (typeof count !== 'number')
    throw new TypeError(`Expected a number for ${name}, got ${typeof count}.`)
  if (!Number.isInteger(count) || count < least || count > most)
    throw new RangeError(`Expected ${name} from ${least} to ${most}, got ${count}.`)
}

/**
 * Receives at most `size` bytes, and at most `maxFds` of the fds that came with them, as
 * sent by {@link sendFds} or Python's `socket.send_fds`; null at the end of file. A cancelled
 * one has consumed nothing, nor has one whose `signal` was aborted.
 *
 * Of a connection, which must have been opened with `maxFds`, it reads as `reader.read(size)`
 * does. Fds come with the first byte of their message, or before; those that are not taken
 * are kept for the next call or {@link takeFds}. Of an fd, what finds no room is lost, and
 * `truncated` says so.
 *
 * @throws TypeError if it is no Unix socket; OSError or FdsLostError if the connection failed.
 */
export function receiveFds(
  from: number | ReaderAndWriter,
  size: number,
  maxFds: number,
  options: TakeFdsOptions & SignalOptions = {},
): Coroutine<FdMessage | null> {
  requireCount('size', size, 1, 2 ** 31 - 1)
  requireCount('maxFds', maxFds, 0, mostFds)
  const { signal } = options
  if (typeof from === 'number') {
    requireFd(from)
    return coroutine(abortable(signal, receivingRaw(from, size, maxFds, options)))
  }
  socketTransportOf(from)
  return coroutine(abortable(signal, receiving(from, size, maxFds, options)))
}
