import { getRunningLoop, InvalidStateError, isCancelled } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

import { ConnectionDuplex } from '../bridges/connection-duplex.js'
import { shakeHands } from './connect-tls.js'
import { FdTransport } from '../transports/fd-transport.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'
import type { TlsSide } from './tls-side.js'
import type { Protocol, Transport } from '../transports/transport.js'

/** A transport that can carry another. */
export type Carrying = FdTransport & Transport

/** @throws TypeError if nothing can be carried. */
export function requireCarrying(transport: unknown): Carrying {
  if (transport instanceof FdTransport && 'pauseReading' in transport && 'write' in transport) {
    return transport as unknown as Carrying
  }
  throw new TypeError('Expected the transport of a connection; a pipe, for one, cannot carry TLS.')
}

/** What the owner of the protocol has to do with an upgrade. */
export interface Upgrade {
  /** Gives what was read from the transport and is TLS's. */
  readonly takeReceived: () => Uint8Array
  /** Called before anything comes by the new transport. */
  readonly onMoved?: (transport: Transport) => void
}

/**
 * TLS over a transport whose protocol has been introduced already: the one that `protocol`
 * uses from now on.
 */
export function* upgradeTransport(
  below: Carrying,
  protocol: Protocol,
  side: TlsSide,
  { takeReceived, onMoved }: Upgrade,
): Gen<Transport> {
  const loop = getRunningLoop()
  requireNodeLoop('TLS', loop)
  if (below.isClosing()) throw new InvalidStateError(`${below.toString()} is closing.`)
  below.setProtocol({})
  const carrier = new ConnectionDuplex(loop, below)
  carrier.push(takeReceived())
  // Of an end that came before, the carrier would never hear.
  if (below.hasEnded) carrier.eofReceived()
  let isOver = false
  const handOver = (transport: Transport) => {
    isOver = true
    transport.setProtocol(protocol)
    onMoved?.(transport)
  }
  try {
    const parts = { fd: below.fd, makeCarrier: () => carrier, side, below }
    return yield* shakeHands(loop, { ...parts, protocol: { connectionMade: handOver } })
  } catch (error) {
    // It has been introduced once, and is owed the end.
    if (!isOver) protocol.connectionLost?.(isCancelled(error) ? undefined : (error as Error))
    throw error
  }
}
