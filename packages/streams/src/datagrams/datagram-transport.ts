import type { Address } from '@tsyncio/syscalls'

import type { DatagramPlace } from './datagram-place.js'
import type { BaseTransport, WriteBufferLimits } from '../transports/transport.js'

/**
 * What a datagram transport tells its user by (asyncio's `DatagramProtocol`):
 * `connectionMade` once, then the others in any order, and `connectionLost` once, as the
 * last. Leave out what does not concern you. What one of them throws goes to the loop's
 * exception handler, and the transport goes on.
 */
export interface DatagramProtocol {
  /** The socket is there. Datagrams come in a later turn. */
  connectionMade?(transport: DatagramTransport): void
  /**
   * A datagram has come, with `data` as a {@link Datagram} has it.
   *
   * @param address undefined for a Unix socket without a name.
   * @param truncated whether it was longer than the `receiveSize`: the rest of it is lost.
   */
  datagramReceived?(data: Buffer, address: Address | undefined, truncated: boolean): void
  /**
   * Sending or receiving has failed, mostly for a datagram that was sent before
   * (ECONNREFUSED). The transport is as good as before.
   */
  errorReceived?(error: Error): void
  /** The socket is closed: here, by `close` or `abort`. */
  connectionLost?(error: Error | undefined): void
  /** More waits to be sent than the high-water mark allows: stop sending. */
  pauseWriting?(): void
  /** What waits has shrunk to the low-water mark. Called once for each `pauseWriting`. */
  resumeWriting?(): void
}

/** A datagram socket that tells a {@link DatagramProtocol} (asyncio's `DatagramTransport`). */
export interface DatagramTransport extends Omit<BaseTransport, 'getProtocol' | 'setProtocol'> {
  /**
   * Sends one datagram at once, or keeps a copy if there is no room for it; strings are
   * sent as UTF-8. What fails is told by `errorReceived`. Does nothing on a transport that
   * is gone.
   *
   * @param to where to: a numeric address, or one that was received from. To be left out if
   *   the socket is connected.
   * @throws TypeError without an address, unless there is a `remoteAddress`; RangeError for
   *   another one than that.
   */
  sendTo(data: Uint8Array | string, to?: DatagramPlace): void
  getProtocol(): DatagramProtocol
  setProtocol(protocol: DatagramProtocol): void
  setWriteBufferLimits(limits: WriteBufferLimits): void
  getWriteBufferLimits(): Required<WriteBufferLimits>
  /** Bytes that wait to be sent, and 8 for each datagram. */
  getWriteBufferSize(): number
}
