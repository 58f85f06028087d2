import { InvalidStateError } from '@tsyncio/loop'
import { ECONNRESET, osError } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { StreamReader } from '../reading/stream-reader.js'
import { serveConnection, type ConnectionHandler } from '../servers/serve-connection.js'
import type { Server } from '../servers/server.js'
import { StreamWriter } from './stream-writer.js'
import type { Protocol, Transport } from './transport.js'
import { Waiters } from './waiters.js'

type Closed = { readonly error: Error | undefined }

/**
 * Feeds a reader, and lets writers wait: what lies between a transport and the streams
 * (asyncio's `StreamReaderProtocol`). `openConnection`, `startServer` and `openReadPipe` make
 * one; make your own where a call asks for a protocol and you want a reader. A
 * {@link StreamWriter} is made of it and its transport.
 *
 * At the end of file the other direction stays open. In TLS it ends too.
 *
 * @example
 * ```ts
 * import { execFileSync } from 'node:child_process'
 * import { mkdtempSync, openSync, rmSync } from 'node:fs'
 * import { connectReadPipe, connectWritePipe } from '@tsyncio/streams'
 * import { StreamReader, StreamReaderProtocol, StreamWriter } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * const directory = mkdtempSync('/tmp/fifo-')
 * execFileSync('mkfifo', [`${directory}/fifo`])
 * const [from, to] = [openSync(`${directory}/fifo`, 'r+'), openSync(`${directory}/fifo`, 'w')]
 * await run(async () => {
 *   const reader = new StreamReader()
 *   await connectReadPipe(() => new StreamReaderProtocol(reader), from)
 *   const factory = () => new StreamReaderProtocol(new StreamReader())
 *   const writer = new StreamWriter(...(await connectWritePipe(factory, to)))
 *   writer.write('through a pipe\n')
 *   console.log(String(await reader.readLine()).trim()) // through a pipe
 *   writer.close()
 *   reader.transport?.close()
 * })
 * rmSync(directory, { recursive: true })
 * ```
 */
export class StreamReaderProtocol implements Protocol {
  readonly #reader: StreamReader
  readonly #clientConnected: ConnectionHandler | undefined
  readonly #server: Server | undefined
  readonly #drainers = new Waiters()
  readonly #closers = new Waiters()
  #made = false
  #paused = false
  #closed: Closed | undefined

  /**
   * @param reader of one connection.
   * @param clientConnected for a server: serves the connection, as a task. If that fails, the
   *   loop's exception handler is told and the connection is closed; if it is cancelled, the
   *   connection is closed.
   * @param server who owns that task: what `createServer` gives its factory. Without it
   *   nobody does.
   */
  constructor(reader: StreamReader, clientConnected?: ConnectionHandler, server?: Server) {
    if (!(reader instanceof StreamReader))
      throw new TypeError(`Expected a StreamReader, got ${typeof reader}.`)
    if (clientConnected !== undefined && typeof clientConnected !== 'function')
      throw new TypeError(`Expected a function, got ${typeof clientConnected}.`)
    this.#reader = reader
    this.#clientConnected = clientConnected
    this.#server = server
  }

  // For writers and bridges.

  /** Whether a writer may go on without waiting. */
  get isFlowing(): boolean {
    return !this.#paused && this.#closed === undefined && this.#reader.exception() === undefined
  }

  /** How the connection ended, once it has. */
  get end(): { readonly error: Error | undefined } | undefined {
    return this.#closed
  }

  /** Until the transport takes more. Throws if it never will. */
  *flowing(): Gen<void> {
    const failure = this.#reader.exception()
    if (failure !== undefined) throw failure
    if (this.#paused && this.#closed === undefined) yield* this.#drainers.wait()
    if (this.#closed !== undefined) throw this.#closed.error ?? osError(-ECONNRESET, 'write')
  }

  /** Until the connection is gone. Throws what ended it. */
  *closed(): Gen<void> {
    yield* this.over()
    const error = this.#closed?.error
    if (error !== undefined) throw error
  }

  /** Until the connection is gone, however that went. */
  *over(): Gen<void> {
    if (this.#closed === undefined) yield* this.#closers.wait()
  }

  /** Whether it came of a server. */
  get isServerSide(): boolean {
    return this.#clientConnected !== undefined
  }

  /** What has come and was not read: it belongs to whoever takes the transport over. */
  takeBuffered(): Buffer {
    return this.#reader.takeBuffered()
  }

  /** The connection goes on over another transport. */
  moveTo(transport: Transport): void {
    this.#reader.setTransport(transport)
  }

  // For the transport.

  /** @throws InvalidStateError for a second one: their bytes would be mixed. */
  connectionMade(transport: Transport): void {
    if (this.#made)
      throw new InvalidStateError('A StreamReaderProtocol is for one connection: make another.')
    this.#made = true
    const reader = this.#reader
    reader.setTransport(transport)
    if (this.#clientConnected === undefined) return
    const writer = new StreamWriter(transport, this)
    const task = serveConnection(this.#clientConnected, reader, writer)
    this.#server?.own(task, transport)
  }

  dataReceived(data: Buffer): void {
    this.#reader.feedData(data)
  }

  eofReceived(): boolean {
    this.#reader.feedEof()
    return true
  }

  pauseWriting(): void {
    this.#paused = true
  }

  resumeWriting(): void {
    this.#paused = false
    this.#drainers.wakeAll()
  }

  connectionLost(error: Error | undefined): void {
    this.#closed = { error }
    if (error === undefined) this.#reader.feedEof()
    else this.#reader.setException(error)
    this.#drainers.wakeAll()
    this.#closers.wakeAll()
  }
}
