import {
  decodeAddress,
  MSG_DONTWAIT,
  recvfrom,
  SOCKADDR_BYTES,
  type Address,
} from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireFd, type FdLike } from './fd-like.js'
import { requireMemory, requireReceiveCount } from '../transports/receive-memory.js'
import { sockCall } from './sock-call.js'
import type { SignalOptions } from '../transports/signal-options.js'

function* receiving(
  fd: number,
  memory: Uint8Array,
): Gen<[count: number, from: Address | undefined]> {
  const address = new Uint8Array(SOCKADDR_BYTES)
  const out = new Int32Array(1)
  const receive = () => recvfrom(fd, memory, 0, memory.length, MSG_DONTWAIT, address, out)
  const count = yield* sockCall(fd, 'reading', 'recvfrom', receive)
  return [count, decodeAddress(address, out[0])]
}

function* receivingBuffer(
  fd: number,
  most: number,
): Gen<[data: Buffer, from: Address | undefined]> {
  const memory = Buffer.allocUnsafe(most)
  const [count, from] = yield* receiving(fd, memory)
  return [memory.subarray(0, count), from]
}

/**
 * Receives one datagram, cut off at `count` bytes, and who sent it, if that has a name
 * (asyncio's `sock_recvfrom`), by `recvfrom(2)`. Cancelling consumes nothing.
 *
 * @throws OSError if it fails; InvalidStateError if somebody else waits for bytes of it.
 */
export function sockRecvFrom(
  socket: FdLike,
  count: number,
  options?: SignalOptions,
): Coroutine<[data: Buffer, from: Address | undefined]> {
  requireReceiveCount(count)
  return coroutine(abortable(options?.signal, receivingBuffer(requireFd(socket), count)))
}

/** As {@link sockRecvFrom}, into memory of the caller's: gives how many bytes, and who sent them. */
export function sockRecvFromInto(
  socket: FdLike,
  memory: Uint8Array,
  options?: SignalOptions,
): Coroutine<[count: number, from: Address | undefined]> {
  requireMemory(memory)
  return coroutine(abortable(options?.signal, receiving(requireFd(socket), memory)))
}
