import { getsockopt, MSG_DONTWAIT, recv, SO_TYPE, SOCK_STREAM, SOL_SOCKET } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireFd, type FdLike } from './fd-like.js'
import { requireReceiveCount, requireMemory } from '../transports/receive-memory.js'
import { sockCall } from './sock-call.js'
import type { SignalOptions } from '../transports/signal-options.js'

function* receivingInto(fd: number, memory: Uint8Array): Gen<number | null> {
  const receive = () => recv(fd, memory, 0, memory.length, MSG_DONTWAIT)
  const count = yield* sockCall(fd, 'reading', 'recv', receive)
  if (count > 0 || memory.length === 0) return count
  // A datagram may be empty; only a stream ends.
  return getsockopt(fd, SOL_SOCKET, SO_TYPE) === SOCK_STREAM ? null : 0
}

function* receiving(fd: number, most: number): Gen<Buffer | null> {
  const memory = Buffer.allocUnsafe(most)
  const count = yield* receivingInto(fd, memory)
  return count === null ? null : memory.subarray(0, count)
}

/**
 * Receives at most `count` bytes from a socket, at least one (asyncio's `sock_recv`), by
 * `recv(2)`: of a datagram socket one datagram, cut off at `count`. Gives null at the end
 * of a stream. Cancelling consumes nothing, and leaves nothing watched.
 *
 * @throws OSError if it fails; InvalidStateError if somebody else waits for bytes of it.
 * @example
 * ```ts
 * import { openSocket, sockAccept, sockConnect, sockRecv, sockSendAll } from '@tsyncio/streams'
 * import { createTask, run } from '@tsyncio/tasks'
 *
 * await run(function* () {
 *   using server = openSocket({ family: 'Unix' })
 *   server.bind({ path: '\0sock-recv' })
 *   server.listen()
 *   using client = openSocket({ family: 'Unix' })
 *   const accepting = createTask(sockAccept(server))
 *   yield* sockConnect(client, { path: '\0sock-recv' })
 *   const [peer] = yield* accepting
 *   yield* sockSendAll(client, 'hello')
 *   console.log(String(yield* sockRecv(peer, 100))) // hello
 *   peer.close()
 * })
 * ```
 */
export function sockRecv(
  socket: FdLike,
  count: number,
  options?: SignalOptions,
): Coroutine<Buffer | null> {
  requireReceiveCount(count)
  return coroutine(abortable(options?.signal, receiving(requireFd(socket), count)))
}

/**
 * As {@link sockRecv}, into memory of the caller's: gives how many bytes, or null at the end
 * of a stream. Nothing is written to the memory before that.
 */
export function sockRecvInto(
  socket: FdLike,
  memory: Uint8Array,
  options?: SignalOptions,
): Coroutine<number | null> {
  requireMemory(memory)
  return coroutine(abortable(options?.signal, receivingInto(requireFd(socket), memory)))
}
