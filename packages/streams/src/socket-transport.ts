import { InvalidStateError, type EventLoop } from '@tsyncio/loop'
import { SHUT_WR, shutdown, type Address } from '@tsyncio/syscalls'

import { FdTransport, type OnGone } from './fd-transport.js'
import { Incoming } from './incoming.js'
import type { OutgoingHold } from './outgoing-hold.js'
import { Outgoing } from './outgoing.js'
import { toBytes } from './to-bytes.js'
import { TransportSocket } from './transport-socket.js'
import type { Protocol, Transport, WriteBufferLimits } from './transport.js'

/** A connected stream socket, TCP or Unix. */
export class SocketTransport extends FdTransport implements Transport {
  readonly #incoming: Incoming
  readonly #outgoing: Outgoing
  readonly #socket: TransportSocket
  readonly #peer: Address | undefined
  #wroteEof = false

  /** @param peer the other side's address, if it is known already. */
  constructor(loop: EventLoop, fd: number, protocol: Protocol, peer?: Address, onGone?: OnGone) {
    super(loop, fd, protocol, onGone)
    this.#incoming = new Incoming(loop, fd, this)
    this.#outgoing = new Outgoing(loop, fd, this)
    this.#socket = new TransportSocket(fd)
    this.#peer = peer
  }

  isReading(): boolean {
    return this.#incoming.isReading
  }

  pauseReading(): void {
    this.#incoming.pause()
  }

  resumeReading(): void {
    this.#incoming.resume()
  }

  write(data: Uint8Array | string): void {
    this.#requireWritable()
    const bytes = toBytes(data)
    if (!this.isLost) this.#outgoing.write(bytes)
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    this.#requireWritable()
    const chunks = Array.from(lines, toBytes)
    if (!this.isLost) this.#outgoing.writeAll(chunks)
  }

  writeEof(): void {
    if (this.#wroteEof || this.isClosing()) return
    this.#wroteEof = true
    if (this.unsent === 0) shutdown(this.fd, SHUT_WR)
  }

  canWriteEof(): boolean {
    return true
  }

  setWriteBufferLimits(limits: WriteBufferLimits): void {
    this.#outgoing.setLimits(limits)
  }

  getWriteBufferLimits(): Required<WriteBufferLimits> {
    return this.#outgoing.limits
  }

  getWriteBufferSize(): number {
    return this.#outgoing.size
  }

  holdWriting(hold: OutgoingHold): void {
    this.#outgoing.hold(hold)
  }

  releaseWriting(hold: OutgoingHold): void {
    this.#outgoing.release(hold)
  }

  getExtraInfo(name: string): unknown {
    if (name === 'socket') return this.#socket
    if (name === 'sockname') return this.#socket.getsockname()
    if (name === 'peername') return this.#peer ?? this.#socket.getpeername()
    return undefined
  }

  override drained(): void {
    if (this.#wroteEof) shutdown(this.fd, SHUT_WR)
    super.drained()
  }

  protected get unsent(): number {
    return this.#outgoing.isIdle ? 0 : Math.max(this.#outgoing.size, 1)
  }

  protected get canHalfClose(): boolean {
    return true
  }

  protected startReading(): void {
    this.#incoming.start()
  }

  protected stopReading(): void {
    this.#incoming.stop()
  }

  protected dropUnsent(): void {
    this.#outgoing.clear()
  }

  #requireWritable(): void {
    if (this.#wroteEof)
      throw new InvalidStateError(`Cannot write to ${this.toString()} after writeEof().`)
  }
}
