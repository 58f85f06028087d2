import { InvalidStateError, type EventLoop } from '@tsyncio/loop'
import { ECONNRESET, OSError, osError } from '@tsyncio/syscalls'

import { feedProtocol } from '../transports/feed-protocol.js'
import { toBytes } from '../transports/to-bytes.js'
import type { Protocol, Transport, WriteBufferLimits } from '../transports/transport.js'
import type { MemoryPipe } from './memory-pipe.js'
import { MemoryWriting } from './memory-writing.js'

/** How many bytes the next `dataReceived` may bring at the most. */
export type PieceSize = () => number

/**
 * One end of a memory pair. It tells its protocol what a socket would, one call a turn, and
 * needs nothing but a loop: no fd, no native binary, no real time.
 */
export class MemoryTransport implements Transport {
  readonly #loop: EventLoop
  #protocol: Protocol
  readonly #incoming: MemoryPipe
  readonly #outgoing: MemoryPipe
  readonly #writing: MemoryWriting
  readonly #pieceSize: PieceSize
  #made = false
  #paused = false
  #readScheduled = false
  #inputOver = false
  #wroteEof = false
  #closing = false
  #lost = false

  constructor(
    loop: EventLoop,
    protocol: Protocol,
    incoming: MemoryPipe,
    outgoing: MemoryPipe,
    pieceSize: PieceSize,
  ) {
    this.#loop = loop
    this.#protocol = protocol
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#pieceSize = pieceSize
    this.#writing = new MemoryWriting(loop, outgoing, {
      pauseWriting: () => this.#tell('pauseWriting'),
      resumeWriting: () => this.#tell('resumeWriting'),
      drained: () => this.#drained(),
      failed: (error) => this.#end(error),
    })
    incoming.onReadable = () => this.#scheduleRead()
    loop.callSoon(() => this.#introduce())
  }

  isReading(): boolean {
    return !this.#paused && !this.#inputOver
  }

  pauseReading(): void {
    this.#paused = true
  }

  resumeReading(): void {
    this.#paused = false
    this.#scheduleRead()
  }

  write(data: Uint8Array | string): void {
    this.writeLines([data])
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    if (this.#wroteEof)
      throw new InvalidStateError('Cannot write to a memory pair after writeEof().')
    const chunks = Array.from(lines, toBytes)
    if (!this.#lost) for (const chunk of chunks) this.#writing.write(chunk)
  }

  writeEof(): void {
    if (this.#wroteEof || this.#closing) return
    this.#wroteEof = true
    if (this.#writing.size === 0) this.#outgoing.end()
  }

  canWriteEof(): boolean {
    return true
  }

  setWriteBufferLimits(limits: WriteBufferLimits): void {
    this.#writing.setLimits(limits)
  }

  getWriteBufferLimits(): Required<WriteBufferLimits> {
    return this.#writing.limits
  }

  getWriteBufferSize(): number {
    return this.#writing.size
  }

  isClosing(): boolean {
    return this.#closing
  }

  close(): void {
    if (this.#closing) return
    this.#closing = this.#inputOver = true
    if (this.#writing.size === 0) this.#lose(undefined)
  }

  abort(): void {
    this.#end(undefined)
  }

  /** Aborts as a host does that has crashed: the other side fails with ECONNRESET. */
  reset(): void {
    this.#outgoing.break(osError(-ECONNRESET, 'read'))
    this.abort()
  }

  getExtraInfo(): undefined {
    return undefined
  }

  getProtocol(): Protocol {
    return this.#protocol
  }

  setProtocol(protocol: Protocol): void {
    this.#protocol = protocol
  }

  toString(): string {
    const state = this.#lost ? 'closed' : this.#closing ? 'closing' : 'open'
    return `<MemoryTransport ${state}>`
  }

  #introduce(): void {
    this.#made = true
    try {
      this.#protocol.connectionMade?.(this)
    } catch (error) {
      this.#fail(error, 'protocol.connectionMade() failed')
    }
    this.#scheduleRead()
  }

  #scheduleRead(): void {
    if (this.#readScheduled || !this.#canRead) return
    this.#readScheduled = true
    this.#loop.callSoon(() => {
      this.#readScheduled = false
      if (this.#canRead) this.#read()
      this.#scheduleRead()
    })
  }

  get #canRead(): boolean {
    return this.#made && this.isReading() && this.#incoming.isReadable
  }

  #read(): void {
    let data: Buffer | null
    try {
      data = this.#incoming.read(this.#pieceSize())
    } catch (error) {
      return this.#end(error as Error)
    }
    try {
      if (data === null) this.#ended()
      else feedProtocol(() => this.#protocol, data)
    } catch (error) {
      this.#fail(error, `protocol.${data === null ? 'eofReceived' : 'dataReceived'}() failed`)
    }
  }

  #ended(): void {
    this.#inputOver = true
    if (this.#protocol.eofReceived?.() !== true) this.close()
  }

  #drained(): void {
    if (this.#wroteEof) this.#outgoing.end()
    if (this.#closing) this.#lose(undefined)
  }

  #fail(exception: unknown, message: string): void {
    if (!(exception instanceof OSError)) this.#report(exception, message)
    this.#end(exception as Error)
  }

  #end(error: Error | undefined): void {
    if (this.#lost) return
    this.#closing = this.#inputOver = true
    this.#writing.clear()
    this.#lose(error)
  }

  #lose(error: Error | undefined): void {
    if (this.#lost) return
    this.#lost = true
    this.#loop.callSoon(() => {
      try {
        this.#protocol.connectionLost?.(error)
      } catch (exception) {
        this.#report(exception, 'protocol.connectionLost() failed')
      }
      this.#outgoing.end()
      this.#incoming.abandon()
    })
  }

  #tell(what: 'pauseWriting' | 'resumeWriting'): void {
    try {
      this.#protocol[what]?.()
    } catch (exception) {
      this.#report(exception, `protocol.${what}() failed`)
    }
  }

  #report(exception: unknown, message: string): void {
    const protocol = this.#protocol
    this.#loop.callExceptionHandler({ message, exception, transport: this, protocol })
  }
}
