import type { Transport } from './transport.js'

/**
 * What a transport tells its user by (asyncio's `Protocol`). The order is guaranteed:
 * `connectionMade` once, `dataReceived` any number of times, `eofReceived` at most once,
 * `connectionLost` once, as the last. Leave out what does not concern you.
 *
 * What a protocol throws ends its connection, and goes to the loop's exception handler.
 */
export interface Protocol {
  /** The connection stands. Data comes in a later turn. */
  connectionMade?(transport: Transport): void
  /** Bytes have come. They are never overwritten, and must not be transferred. */
  dataReceived?(data: Buffer): void
  /**
   * The other side will send no more. Return true to go on writing; the transport is
   * closed otherwise.
   */
  eofReceived?(): boolean | void
  /**
   * The connection is gone: with the error that ended it, or without one if it was closed
   * or aborted here, or ended by the other side.
   */
  connectionLost?(error: Error | undefined): void
  /** More waits to be sent than the high-water mark allows: stop writing. */
  pauseWriting?(): void
  /** What waits has shrunk to the low-water mark. Called once for each `pauseWriting`. */
  resumeWriting?(): void
}
