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
  /** Makes it a {@link BufferedProtocol}: `dataReceived` is not called. */
  getBuffer?(sizeHint: number): Uint8Array
  /** See {@link BufferedProtocol}. */
  bufferUpdated?(count: number): void
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

/**
 * A protocol that says where its bytes are to go (asyncio's `BufferedProtocol`): they are
 * read right there, by one system call. `getBuffer` and `bufferUpdated` are in the place of
 * `dataReceived`; all else is as it is for others, and `setProtocol` may change the kind.
 *
 * @example
 * ```ts
 * import { getRunningLoop } from '@tsyncio/loop'
 * import { createConnection, startServer, type BufferedProtocol } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * class Collector implements BufferedProtocol {
 *   readonly #memory = Buffer.alloc(1024)
 *   #size = 0
 *   readonly text = getRunningLoop().createFuture<string>()
 *
 *   getBuffer(): Uint8Array {
 *     return this.#memory.subarray(this.#size)
 *   }
 *
 *   bufferUpdated(count: number): void {
 *     this.#size += count
 *   }
 *
 *   connectionLost(): void {
 *     this.text.setResult(this.#memory.toString('utf8', 0, this.#size))
 *   }
 * }
 *
 * await run(async () => {
 *   const place = { path: '\0buffered' }
 *   await using server = await startServer((_reader, writer) => {
 *     writer.write('collected')
 *     writer.close()
 *   }, place)
 *   const [, collector] = await createConnection(() => new Collector(), place)
 *   console.log(await collector.text) // collected
 * })
 * ```
 */
export interface BufferedProtocol extends Protocol {
  /**
   * Where the next bytes go: at least one byte of memory. What it throws, or memory without
   * room, ends the connection.
   *
   * @param sizeHint how much would be good; -1 when any size is.
   */
  getBuffer(sizeHint: number): Uint8Array
  /** `count` bytes have come, at the beginning of what `getBuffer` gave last. */
  bufferUpdated(count: number): void
}

/** When a protocol is told to pause writing, and when to resume; in bytes. */
export interface WriteBufferLimits {
  /** Pause above this. Default: 64 KiB, or four times `low`. */
  readonly high?: number
  /** Resume at this or below. Default: a quarter of `high`. */
  readonly low?: number
}

/** What is common to all transports. */
export interface BaseTransport {
  /** Whether the transport is closed or about to be. */
  isClosing(): boolean
  /** Sends what was written, then closes. Nothing is read any more. */
  close(): void
  /** Closes at once; what has not been sent is lost. */
  abort(): void
  /** What is known beside the bytes: 'sockname', 'peername', 'peercred', 'socket', 'pipe'. */
  getExtraInfo(name: string): unknown
  getProtocol(): Protocol
  setProtocol(protocol: Protocol): void
}

/** A transport that bytes come from. */
export interface ReadTransport extends BaseTransport {
  isReading(): boolean
  /** No `dataReceived` from now on; what comes stays with the kernel, which slows the sender. */
  pauseReading(): void
  resumeReading(): void
}

/** A transport that bytes go to. */
export interface WriteTransport extends BaseTransport {
  /**
   * Sends at once what the kernel takes, and keeps the rest: the bytes themselves, not a
   * copy, so do not change them afterwards. Does nothing on a transport that is gone.
   */
  write(data: Uint8Array | string): void
  writeLines(lines: Iterable<Uint8Array | string>): void
  /** Ends the writing direction, after what was written. The other side sees the end. */
  writeEof(): void
  canWriteEof(): boolean
  setWriteBufferLimits(limits: WriteBufferLimits): void
  getWriteBufferLimits(): Required<WriteBufferLimits>
  getWriteBufferSize(): number
}

/** A transport for both directions. */
export interface Transport extends ReadTransport, WriteTransport {}
