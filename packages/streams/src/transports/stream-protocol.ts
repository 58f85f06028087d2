import { ECONNRESET, osError } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import type { StreamReader } from '../reading/stream-reader.js'
import type { Protocol, Transport } from './transport.js'
import { Waiters } from './waiters.js'

type Closed = { readonly error: Error | undefined }

/** Feeds a reader, and lets writers wait: what lies between a transport and the streams. */
export class StreamProtocol implements Protocol {
  readonly #reader: StreamReader
  readonly #onMade: ((transport: Transport) => void) | undefined
  readonly #drainers = new Waiters()
  readonly #closers = new Waiters()
  #paused = false
  #closed: Closed | undefined

  constructor(reader: StreamReader, onMade?: (transport: Transport) => void) {
    this.#reader = reader
    this.#onMade = onMade
  }

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
    return this.#onMade !== undefined
  }

  /** What has come and was not read: it belongs to whoever takes the transport over. */
  takeBuffered(): Buffer {
    return this.#reader.takeBuffered()
  }

  /** The connection goes on over another transport. */
  moveTo(transport: Transport): void {
    this.#reader.setTransport(transport)
  }

  connectionMade(transport: Transport): void {
    this.#reader.setTransport(transport)
    this.#onMade?.(transport)
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
