import type { Directions } from './directions.js'
import { NodeTransport } from './node-transport.js'
import type { BaseTransport } from '../transports/transport.js'

/** What can be done with a transport: a pipe has but one direction. */
export function directionsOf(transport: BaseTransport): Directions {
  if (transport instanceof NodeTransport) return transport.directions
  return { canRead: 'pauseReading' in transport, canWrite: 'writeEof' in transport }
}
