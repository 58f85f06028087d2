import type { EventLoop } from '@tsyncio/loop'
import { ECONNABORTED, osError, type Address } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { introduced } from '../transports/introduced.js'
import { nativeSocket } from './native-socket.js'
import type { TlsSide } from './tls-side.js'
import { TlsTransport, type TlsTransportParts } from './tls-transport.js'
import type { Protocol } from '../transports/transport.js'

/** A transport whose handshake is done. Failing, or cancelled, it is gone. */
export function* shakeHands(
  loop: EventLoop,
  parts: Omit<TlsTransportParts, 'onFailed'>,
): Gen<TlsTransport> {
  const made = loop.createFuture<void>()
  const onFailed = (error: Error = osError(-ECONNABORTED, 'connect')) =>
    void (made.done() || made.setException(error))
  const transport = new TlsTransport(loop, { ...parts, onFailed })
  return yield* introduced(transport, made)
}

/** TLS over a connected fd, which belongs to the transport. */
export function* connectTls(
  loop: EventLoop,
  fd: number,
  protocol: Protocol,
  side: TlsSide,
  peer: Address | undefined,
): Gen<TlsTransport> {
  return yield* shakeHands(loop, { fd, makeCarrier: () => nativeSocket(fd), side, protocol, peer })
}
