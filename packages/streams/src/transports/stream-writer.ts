import {
  abortable,
  coroutine,
  nothingToWaitFor,
  sleep,
  type Coroutine,
  type Gen,
} from '@tsyncio/tasks'

import type { StreamReaderProtocol } from './stream-reader-protocol.js'
import { TlsClient } from '../tls/tls-client.js'
import type { TlsClientOptions, TlsServerOptions } from '../tls/tls-options.js'
import { TlsServer } from '../tls/tls-server.js'
import type { TlsSide } from '../tls/tls-side.js'
import type { WriteTransport } from './transport.js'
import type { SignalOptions } from './signal-options.js'
import { requireCarrying, upgradeTransport, type Carrying } from '../tls/upgrade-transport.js'

/**
 * The writing side of a stream (asyncio's `StreamWriter`). Write, then `drain`: that waits
 * while the other side is slower than you, so that what waits to be sent stays small.
 *
 * @example
 * ```ts
 * import { openConnection, startServer } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(async () => {
 *   const host = '127.0.0.1'
 *   await using server = await startServer(
 *     async (reader, writer) => {
 *       for await (const line of reader) {
 *         writer.write(line)
 *         await writer.drain()
 *       }
 *       writer.close()
 *     },
 *     { host, port: 0 },
 *   )
 *   await using connection = await openConnection({ host, port: server.port })
 *   connection.writer.write('hello\n')
 *   console.log(String(await connection.reader.readLine()).trim()) // hello
 * })
 * ```
 */
export class StreamWriter {
  #transport: WriteTransport
  readonly #protocol: StreamReaderProtocol

  constructor(transport: WriteTransport, protocol: StreamReaderProtocol) {
    this.#transport = transport
    this.#protocol = protocol
  }

  get transport(): WriteTransport {
    return this.#transport
  }

  /**
   * Sends at once what the kernel takes, and keeps the rest; strings are sent as UTF-8.
   * The bytes are not copied: do not change them afterwards. Once the connection is gone,
   * nothing is sent, and {@link drain} says so.
   *
   * @throws InvalidStateError after {@link writeEof}.
   */
  write(data: Uint8Array | string): void {
    this.#transport.write(data)
  }

  /** Writes all of `lines`, as they are, with as few system calls as possible. */
  writeLines(lines: Iterable<Uint8Array | string>): void {
    this.#transport.writeLines(lines)
  }

  /**
   * Waits until what waits to be sent has shrunk to the low-water mark, if it is above the
   * high one; returns at once otherwise. Any number may wait.
   *
   * @throws OSError if the connection is gone.
   */
  drain(options?: SignalOptions): Coroutine<void> {
    const isEasy = this.#protocol.isFlowing && !this.#transport.isClosing()
    const signal = options?.signal
    return isEasy && signal === undefined
      ? nothingToWaitFor
      : coroutine(abortable(signal, this.#drain()))
  }

  /** Ends the writing direction, after what was written; reading goes on. A pipe is closed. */
  writeEof(): void {
    this.#transport.writeEof()
  }

  canWriteEof(): boolean {
    return this.#transport.canWriteEof()
  }

  /** Sends what was written, then closes both directions. */
  close(): void {
    this.#transport.close()
  }

  isClosing(): boolean {
    return this.#transport.isClosing()
  }

  /**
   * Waits until the connection is closed.
   *
   * @throws what ended the connection, if it was a failure.
   */
  waitClosed(options?: SignalOptions): Coroutine<void> {
    return coroutine(abortable(options?.signal, this.#protocol.closed()))
  }

  /**
   * Goes on in TLS, after what was written is sent: for protocols that agree upon it in
   * plain text (STARTTLS). Who came by a server is the server in TLS too, and needs a
   * certificate; a client needs `serverName`. The reader and the writer stay the same; what
   * has come and was not read is taken as TLS. Cancelling, or failing, ends the connection.
   *
   * @throws TlsError if the handshake fails; TypeError for a pipe, or if the options make no
   *   sense.
   */
  startTls(options: TlsClientOptions | TlsServerOptions): Coroutine<void> {
    const below = requireCarrying(this.#transport)
    const side = this.#protocol.isServerSide
      ? new TlsServer(options)
      : new TlsClient(options, undefined)
    return coroutine(this.#startTls(below, side))
  }

  /**
   * 'sockname', 'peername', 'socket'; 'peercred' for Unix sockets, 'pipe' for pipes. Of TLS: 'peercert', 'cipher',
   * 'alpnProtocol', 'servername', 'sslcontext' (a client's), and all else by 'tlsSocket'.
   */
  getExtraInfo(name: string): unknown {
    return this.#transport.getExtraInfo(name)
  }

  /** Closes, and waits for it; how the connection ended is not thrown. */
  [Symbol.asyncDispose](): Coroutine<void> {
    this.close()
    return coroutine(this.#protocol.over())
  }

  *#startTls(below: Carrying, side: TlsSide): Gen<void> {
    const protocol = this.#protocol
    yield* this.#drain()
    yield* upgradeTransport(below, protocol, side, {
      takeReceived: () => protocol.takeBuffered(),
      onMoved: (transport) => {
        protocol.moveTo(transport)
        this.#transport = transport
      },
    })
  }

  // A connection that is being closed learns in the next turn how that ended.
  *#drain(): Gen<void> {
    if (this.#transport.isClosing()) yield* sleep(0)
    yield* this.#protocol.flowing()
  }
}
