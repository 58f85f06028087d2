// A byte stream makes what is enqueued its own: it detaches the memory, so that only its
// consumer has it. Our reads are slices of a slab that all connections share, and short
// ones lie in Node's own pool: detaching one would empty the others. So what goes into a
// byte stream is copied, into the consumer's own buffer where he brings one (BYOB).
import { ECONNABORTED, ECONNRESET, osError } from '@tsyncio/syscalls'
import {
  ReadableStream,
  WritableStream,
  type ReadableByteStreamController,
  type WritableStreamDefaultController,
} from 'node:stream/web'

import { bytesOf, type ByteSource } from './byte-source.js'
import { directionsOf } from './directions-of.js'
import type { Protocol, ReadTransport, Transport, WriteTransport } from '../transports/transport.js'

/**
 * A connection as web streams. It is the protocol of its transport, which reads only while
 * somebody waits for bytes. The connection is closed when both directions are over.
 */
export class WebStreams implements Protocol {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<ByteSource>
  readonly #transport: Transport
  readonly #previous: Protocol
  #source!: ReadableByteStreamController
  #sink!: WritableStreamDefaultController
  #isWanted = false
  #isFull = false
  #isReadOver: boolean
  #isWriteOver: boolean
  #written: { resolve(): void; reject(error: Error): void } | undefined
  #failure: Error | undefined

  constructor(transport: Transport | ReadTransport | WriteTransport) {
    this.#transport = transport as Transport
    this.#previous = transport.getProtocol()
    const { canRead, canWrite } = directionsOf(transport)
    this.#isReadOver = !canRead
    this.#isWriteOver = !canWrite
    if (!this.#isReadOver) this.#transport.pauseReading()
    transport.setProtocol(this)
    this.readable = this.#makeReadable()
    this.writable = this.#makeWritable()
    if (this.#isWriteOver) return
    // A write is done when the kernel has it.
    this.#transport.setWriteBufferLimits({ high: 0 })
    this.#isFull = this.#transport.getWriteBufferSize() > 0
  }

  dataReceived(data: Buffer): void {
    if (this.#isReadOver) return
    this.#isWanted = false
    const rest = this.#fillRequest(data)
    // Either may ask for more, by pull().
    if (rest.length > 0) this.#source.enqueue(new Uint8Array(rest))
    if (!this.#isWanted) this.#transport.pauseReading()
  }

  eofReceived(): boolean {
    if (this.#isReadOver) return true
    this.#isReadOver = true
    this.#endReading()
    this.#closeIfOver()
    return true
  }

  pauseWriting(): void {
    this.#isFull = true
  }

  resumeWriting(): void {
    this.#isFull = false
    this.#previous.resumeWriting?.()
    this.#written?.resolve()
    this.#written = undefined
  }

  connectionLost(error: Error | undefined): void {
    this.#previous.connectionLost?.(error)
    if (!this.#isReadOver) this.#failReading(error ?? osError(-ECONNABORTED, 'read'))
    if (this.#isWriteOver && this.#written === undefined) return
    const failure = error ?? osError(-ECONNRESET, 'write')
    this.#written?.reject(failure)
    this.#sink.error(failure)
  }

  #makeReadable(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: 'bytes',
      start: (controller) => {
        this.#source = controller
      },
      pull: () => this.#pull(),
      cancel: () => {
        this.#isReadOver = true
        if (this.#isWriteOver) this.#transport.close()
        else this.#transport.pauseReading()
      },
    })
  }

  #makeWritable(): WritableStream<ByteSource> {
    return new WritableStream<ByteSource>({
      start: (controller) => {
        this.#sink = controller
        const { signal } = controller as WritableStreamDefaultController & { signal: AbortSignal }
        // A write that waits would hold abort() up.
        signal.addEventListener('abort', () => this.#abort(signal.reason))
      },
      write: (chunk) => this.#write(chunk),
      close: () => {
        this.#isWriteOver = true
        this.#transport.writeEof()
        this.#closeIfOver()
      },
      abort: (reason) => this.#abort(reason),
    })
  }

  #pull(): void {
    this.#isWanted = true
    if (this.#failure !== undefined) this.#source.error(this.#failure)
    else if (!this.#isReadOver) this.#transport.resumeReading()
  }

  #write(chunk: ByteSource): Promise<void> | undefined {
    try {
      this.#transport.write(bytesOf(chunk))
    } catch (error) {
      // A stream that has failed is not aborted by anybody else.
      this.#transport.abort()
      throw error
    }
    const isFailing = this.#transport.isClosing()
    if (!this.#isFull && !isFailing) return undefined
    return new Promise((resolve, reject) => {
      this.#written = { resolve, reject }
    })
  }

  /** Fills the buffer of whoever waits with one; gives what is left. */
  #fillRequest(data: Buffer): Buffer {
    const request = this.#source.byobRequest
    const view = request?.view
    if (request === null || view === null || view === undefined) return data
    const count = Math.min(view.byteLength, data.length)
    new Uint8Array(view.buffer, view.byteOffset, count).set(data.subarray(0, count))
    request.respond(count)
    return data.subarray(count)
  }

  #endReading(): void {
    try {
      this.#source.close()
      this.#source.byobRequest?.respond(0)
    } catch {
      // Half an element of a wider view: whoever reads is told of it.
    }
  }

  // What has come can still be read: then it fails.
  #failReading(reason: unknown): void {
    this.#isReadOver = true
    if ((this.#source.desiredSize ?? 0) < 0) this.#failure = reason as Error
    else this.#source.error(reason)
  }

  #abort(reason: unknown): void {
    this.#isWriteOver = true
    if (!this.#isReadOver) this.#failReading(reason ?? osError(-ECONNABORTED, 'read'))
    this.#transport.abort()
  }

  #closeIfOver(): void {
    if (this.#isReadOver && this.#isWriteOver) this.#transport.close()
  }
}
