import { InvalidStateError } from '@tsyncio/loop'
import {
  LimitOverrunError,
  type Protocol,
  type ReadTransport,
  type StreamReader,
} from '@tsyncio/streams'

import type { LineQueue } from './line-queue.js'

export type LineSourceName = 'stdout' | 'stderr'

const newline = 0x0a

/**
 * Stands between a pipe and its reader, and cuts what comes into lines. Each is put into
 * the queue when its end has come, so that lines of two sources keep their order.
 */
export class LineSource implements Protocol {
  readonly name: LineSourceName
  readonly transport: ReadTransport
  readonly #reader: StreamReader
  readonly #queue: LineQueue
  readonly #limit: number
  readonly #protocol: Protocol
  #begun: Buffer[] = []
  #size = 0
  #ended = false
  #failure: Error | undefined

  /** @throws InvalidStateError if another one stands there already. */
  constructor(
    name: LineSourceName,
    reader: StreamReader,
    transport: ReadTransport,
    queue: LineQueue,
    limit: number,
  ) {
    this.name = name
    this.transport = transport
    this.#reader = reader
    this.#queue = queue
    this.#limit = limit
    this.#protocol = transport.getProtocol()
    if (this.#protocol instanceof LineSource && !this.#protocol.ended) {
      throw new InvalidStateError(
        `The lines of ${this.name} are being read already: close() that first.`,
      )
    }
  }

  get ended(): boolean {
    return this.#ended
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  /** Takes what the reader has, and all that comes from here on. */
  start(): void {
    const taken = this.#reader.takeBuffered()
    this.transport.setProtocol(this)
    if (taken.length > 0) this.dataReceived(taken)
    const failure = this.#reader.exception()
    if (failure !== undefined || this.#reader.atEof()) this.#end(failure)
  }

  /** Gives back to the reader `lines`, which nobody has taken, and all that comes. */
  stop(lines: readonly Buffer[]): void {
    this.transport.setProtocol(this.#protocol)
    if (!this.transport.isClosing()) this.transport.resumeReading()
    this.#reader.putBack(Buffer.concat([...lines, ...this.#begun]))
    this.#begun = []
  }

  dataReceived(data: Buffer): void {
    const first = data.indexOf(newline) + 1
    const last = first === 0 ? 0 : data.lastIndexOf(newline) + 1
    if (first > 0) {
      this.#begun.push(data.subarray(0, first))
      this.#finish()
    }
    if (last > first) this.#queue.push({ source: this, bytes: data.subarray(first, last) })
    if (last === data.length) return
    this.#begun.push(data.subarray(last))
    this.#size += data.length - last
    if (this.#size > this.#limit) this.#fail()
  }

  eofReceived(): boolean | void {
    this.#end(undefined)
    return this.#protocol.eofReceived?.()
  }

  connectionLost(error: Error | undefined): void {
    this.#end(error)
    this.#protocol.connectionLost?.(error)
  }

  // The transport of a terminal also writes.
  pauseWriting(): void {
    this.#protocol.pauseWriting?.()
  }

  resumeWriting(): void {
    this.#protocol.resumeWriting?.()
  }

  #finish(): void {
    const [first] = this.#begun
    const bytes = this.#begun.length === 1 ? (first as Buffer) : Buffer.concat(this.#begun)
    this.#begun = []
    this.#size = 0
    this.#queue.push({ source: this, bytes })
  }

  #end(failure: Error | undefined): void {
    if (this.#ended) return
    if (this.#begun.length > 0) this.#finish()
    this.#ended = true
    this.#failure = failure
    this.#queue.wake()
  }

  // What there is of the line stays, and goes back to the reader with all else.
  #fail(): void {
    this.#failure ??= new LimitOverrunError(this.#size, this.#limit)
    if (!this.transport.isClosing()) this.transport.pauseReading()
    this.#queue.wake()
  }
}
