import type { SubprocessTransport } from './subprocess-transport.js'

/**
 * What a {@link SubprocessTransport} tells its user by (asyncio's `SubprocessProtocol`).
 * `connectionMade` is the first, `connectionLost` the last; of a pipe the data come before
 * its end. The exit of the process may come before what its pipes still hold, or, when
 * others hold them, long before their ends. Leave out what does not concern you.
 *
 * What a protocol throws goes to the loop's exception handler, and all goes on.
 */
export interface SubprocessProtocol {
  /** The process runs. */
  connectionMade?(transport: SubprocessTransport): void
  /** The process has written to its `fd`, which is 1 or 2. The bytes are never overwritten. */
  pipeDataReceived?(fd: number, data: Buffer): void
  /** The pipe at `fd` is closed: by an error, or from either side. */
  pipeConnectionLost?(fd: number, error: Error | undefined): void
  /** The process has ended: `transport.getReturncode()` has its code. */
  processExited?(): void
  /** The process has ended, and all its pipes are closed. */
  connectionLost?(error: Error | undefined): void
  /** More waits to be written to stdin than its high-water mark allows: stop writing. */
  pauseWriting?(): void
  /** What waits has shrunk to the low-water mark. */
  resumeWriting?(): void
}
