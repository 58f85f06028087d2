import type { EventLoop } from '@tsyncio/loop'
import type { Address } from '@tsyncio/syscalls'

import type { OnGone } from '../transports/fd-transport.js'
import { nativeSocket } from './native-socket.js'
import type { TlsSide } from './tls-side.js'
import { TlsTransport } from './tls-transport.js'
import type { Protocol } from '../transports/transport.js'

// asyncio's way: whoever listens to the world would hear of nothing else.
function report(loop: EventLoop, exception: Error | undefined, protocol: Protocol): void {
  if (exception === undefined || !loop.getDebug()) return
  loop.callExceptionHandler({ message: 'A TLS handshake failed', exception, protocol })
}

/** TLS for a connection that a server has accepted. */
export function acceptTls(
  loop: EventLoop,
  fd: number,
  protocol: Protocol,
  side: TlsSide,
  peer: Address | undefined,
  onGone: OnGone,
): TlsTransport {
  const onFailed = (error: Error | undefined) => report(loop, error, protocol)
  const makeCarrier = () => nativeSocket(fd)
  return new TlsTransport(loop, { fd, makeCarrier, side, protocol, peer, onGone, onFailed })
}
