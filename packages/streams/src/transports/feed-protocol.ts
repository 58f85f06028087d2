import type { Protocol } from './transport.js'

/** @throws TypeError or RangeError if `getBuffer` gave no memory. */
export function requireRoom(memory: Uint8Array | undefined): Uint8Array {
  if (!(memory instanceof Uint8Array))
    throw new TypeError(`Expected a Uint8Array from getBuffer(), got ${typeof memory}.`)
  if (memory.length === 0) throw new RangeError('getBuffer() gave memory without room.')
  return memory
}

/**
 * Gives bytes that were read elsewhere to a protocol of either kind.
 *
 * @param protocolOf asked again while some are left: it may be another one by then, or none.
 */
export function feedProtocol(protocolOf: () => Protocol | undefined, data: Buffer): void {
  for (let rest = data; rest.length > 0;) {
    const protocol = protocolOf()
    if (protocol === undefined) return
    if (typeof protocol.getBuffer !== 'function') return protocol.dataReceived?.(rest)
    const count = rest.copy(requireRoom(protocol.getBuffer(-1)))
    rest = rest.subarray(count)
    protocol.bufferUpdated?.(count)
  }
}
