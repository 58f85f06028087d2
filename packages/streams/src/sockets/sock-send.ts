import { encodeAddress, MSG_DONTWAIT, send, sendto, type Address } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireFd, type FdLike } from './fd-like.js'
import { sockCall } from './sock-call.js'
import { toBytes } from '../transports/to-bytes.js'
import type { SignalOptions } from '../transports/signal-options.js'

function* sendingAll(fd: number, bytes: Uint8Array): Gen<void> {
  let sent = 0
  do {
    const sendRest = () => send(fd, bytes, sent, bytes.length - sent, MSG_DONTWAIT)
    sent += yield* sockCall(fd, 'writing', 'send', sendRest)
  } while (sent < bytes.length)
}

/**
 * Sends all of `data` to a connected socket (asyncio's `sock_sendall`), by `send(2)`. After
 * an error, or when it was cancelled, nobody knows how much has been sent.
 *
 * @throws OSError if it fails; InvalidStateError if somebody else waits to send.
 */
export function sockSendAll(
  socket: FdLike,
  data: Uint8Array | string,
  options?: SignalOptions,
): Coroutine<void> {
  return coroutine(abortable(options?.signal, sendingAll(requireFd(socket), toBytes(data))))
}

/**
 * Sends one datagram to `address` (asyncio's `sock_sendto`), by `sendto(2)`: gives how many
 * bytes went.
 *
 * @throws OSError if it fails; InvalidStateError if somebody else waits to send.
 */
export function sockSendTo(
  socket: FdLike,
  data: Uint8Array | string,
  address: Address,
  options?: SignalOptions,
): Coroutine<number> {
  const [fd, bytes, to] = [requireFd(socket), toBytes(data), encodeAddress(address)]
  const sendIt = () => sendto(fd, bytes, 0, bytes.length, MSG_DONTWAIT, to)
  return coroutine(abortable(options?.signal, sockCall(fd, 'writing', 'sendto', sendIt)))
}
