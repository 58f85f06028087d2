import { accept4, decodeAddress, SOCKADDR_BYTES, type Address } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requireFd, type FdLike } from './fd-like.js'
import { requireNonBlocking, sockCall } from './sock-call.js'
import { Socket } from './socket.js'
import type { SignalOptions } from '../transports/signal-options.js'

function* accepting(fd: number): Gen<[Socket, Address | undefined]> {
  requireNonBlocking(fd)
  const address = new Uint8Array(SOCKADDR_BYTES)
  const out = new Int32Array(1)
  const peer = yield* sockCall(fd, 'reading', 'accept4', () => accept4(fd, address, out))
  return [new Socket(peer), decodeAddress(address, out[0])]
}

/**
 * Waits for a connection of a listening socket (asyncio's `sock_accept`), by `accept4(2)`:
 * gives its socket, non-blocking and close-on-exec, and the peer's address if it has one.
 * Cancelling accepts nothing.
 *
 * @throws OSError if it fails; InvalidStateError if somebody else waits for one;
 *   TypeError if the socket is a blocking one.
 */
export function sockAccept(
  socket: FdLike,
  options?: SignalOptions,
): Coroutine<[connection: Socket, address: Address | undefined]> {
  return coroutine(abortable(options?.signal, accepting(requireFd(socket))))
}
