import { InvalidStateError } from '@tsyncio/loop'
import { finished, type Duplex, type Readable, type Writable } from 'node:stream'

import { bytesOf } from './byte-source.js'
import type { Directions } from './directions.js'
import { feedProtocol } from '../transports/feed-protocol.js'
import { toBytes } from '../transports/to-bytes.js'
import type { Protocol, Transport, WriteBufferLimits } from '../transports/transport.js'
import { WaterMarks } from '../transports/water-marks.js'

/**
 * A transport over one of Node's streams, of which it becomes the only reader and writer.
 * Pausing pauses the stream. What waits to be sent is what the stream has been given and
 * has not called back for.
 */
export class NodeTransport implements Transport {
  readonly #stream: Duplex
  readonly directions: Directions
  readonly #marks: WaterMarks
  #unsent = 0
  #protocol: Protocol
  #isPaused = false
  #hasEnded = false
  #wroteEof = false
  #closing = false
  #aborted = false
  #lost = false
  readonly #onData = (chunk: unknown): void => this.#received(chunk)
  readonly #onEnd = (): void => this.#ended()

  /** @param directions what is used of the stream; the rest of a Duplex is somebody else's. */
  constructor(stream: Readable | Writable, directions: Directions, protocol: Protocol) {
    this.#stream = stream as Duplex
    this.directions = directions
    this.#protocol = protocol
    this.#marks = new WaterMarks({
      pauseWriting: () => this.#protocol.pauseWriting?.(),
      resumeWriting: () => this.#protocol.resumeWriting?.(),
    })
  }

  /** Introduces itself, and begins to read. */
  start(): void {
    const stream = this.#stream
    this.#protocol.connectionMade?.(this)
    // Its listener for errors stays, so that a late one is not unhandled.
    const { canRead: readable, canWrite: writable } = this.directions
    finished(stream, { readable, writable }, (error) => this.#lose(error ?? undefined))
    if (!readable) return
    stream.on('end', this.#onEnd)
    stream.on('data', this.#onData)
    if (stream.readableEnded) this.#ended()
    else if (!this.#isPaused) stream.resume()
  }

  isReading(): boolean {
    return !this.#isPaused && !this.#closing && !this.#hasEnded
  }

  pauseReading(): void {
    this.#isPaused = true
    this.#stream.pause()
  }

  resumeReading(): void {
    this.#isPaused = false
    if (!this.#closing) this.#stream.resume()
  }

  write(data: Uint8Array | string): void {
    this.#requireWritable()
    const bytes = toBytes(data)
    if (this.#lost || this.#stream.destroyed || bytes.length === 0) return
    this.#count(bytes.length)
    this.#stream.write(bytes, () => this.#count(-bytes.length))
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    this.#requireWritable()
    const chunks = Array.from(lines, toBytes)
    this.#stream.cork()
    for (const chunk of chunks) this.write(chunk)
    this.#stream.uncork()
  }

  writeEof(): void {
    if (this.#wroteEof || this.#closing) return
    this.#wroteEof = true
    this.#stream.end()
  }

  canWriteEof(): boolean {
    return true
  }

  setWriteBufferLimits(limits: WriteBufferLimits): void {
    this.#marks.setLimits(limits)
    this.#count(0)
  }

  getWriteBufferLimits(): Required<WriteBufferLimits> {
    return this.#marks.limits
  }

  getWriteBufferSize(): number {
    return this.#unsent
  }

  isClosing(): boolean {
    return this.#closing
  }

  close(): void {
    if (this.#closing) return
    this.#closing = true
    this.#stopReading()
    const { canRead, canWrite } = this.directions
    if (!canWrite) this.#stream.destroy()
    else this.#stream.end(canRead ? () => this.#stream.destroy() : undefined)
  }

  abort(): void {
    if (this.#lost) return
    this.#closing = this.#aborted = true
    this.#stopReading()
    this.#stream.destroy()
  }

  /** 'stream' is Node's; 'sockname' and 'peername' are those of a `net.Socket`. */
  getExtraInfo(name: string): unknown {
    if (name === 'stream') return this.#stream
    if (name === 'sockname') return addressOf(this.#stream, 'local')
    if (name === 'peername') return addressOf(this.#stream, 'remote')
    return undefined
  }

  getProtocol(): Protocol {
    return this.#protocol
  }

  setProtocol(protocol: Protocol): void {
    this.#protocol = protocol
  }

  #received(chunk: unknown): void {
    try {
      const { readableEncoding } = this.#stream
      const isText = typeof chunk === 'string' && readableEncoding !== null
      const bytes = isText ? Buffer.from(chunk, readableEncoding) : bytesOf(chunk)
      const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      feedProtocol(() => (this.#lost ? undefined : this.#protocol), data)
    } catch (error) {
      this.#stream.destroy(error as Error)
    }
  }

  #ended(): void {
    if (this.#hasEnded || this.#closing) return
    this.#hasEnded = true
    if (this.#protocol.eofReceived?.() !== true) this.close()
  }

  #stopReading(): void {
    if (!this.directions.canRead) return
    this.#stream.off('data', this.#onData).off('end', this.#onEnd)
    this.#stream.pause()
  }

  #lose(error: Error | undefined): void {
    if (this.#lost) return
    const isOurs = this.#aborted || (this.#closing && isPremature(error))
    this.#lost = this.#closing = true
    this.#stopReading()
    this.#protocol.connectionLost?.(isOurs ? undefined : error)
  }

  #count(bytes: number): void {
    this.#unsent += bytes
    this.#marks.check(this.#unsent)
  }

  #requireWritable(): void {
    if (this.#wroteEof) throw new InvalidStateError('Cannot write to a stream after writeEof().')
  }
}

function isPremature(error: Error | undefined): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE'
}

type Side = 'local' | 'remote'

function addressOf(stream: object, side: Side): unknown {
  const from = stream as Record<`${Side}${'Address' | 'Port' | 'Family'}`, unknown>
  const address = from[`${side}Address`]
  if (typeof address !== 'string') return undefined
  return { address, port: from[`${side}Port`], family: from[`${side}Family`] }
}
