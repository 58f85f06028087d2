import type { EventLoop } from '@tsyncio/loop'
import type { OSError } from '@tsyncio/syscalls'

import { FdTransport } from '../transports/fd-transport.js'
import { Incoming } from '../transports/incoming.js'
import type { OutgoingHold } from '../transports/outgoing-hold.js'
import { Outgoing } from '../transports/outgoing.js'
import { toBytes } from '../transports/to-bytes.js'
import type { Protocol, Transport, WriteBufferLimits } from '../transports/transport.js'

/**
 * A terminal, or the controller of a pair, in both directions.
 *
 * EIO is how the kernel says that the other side is gone. A read says it when everything
 * was read: it is the end. A write says it at once, while there may be much to be read:
 * then that is read first, paused or not. It is no more than the kernel kept.
 */
export class TerminalTransport extends FdTransport implements Transport {
  readonly #incoming: Incoming
  readonly #outgoing: Outgoing
  #isHungUp = false

  constructor(loop: EventLoop, fd: number, protocol: Protocol) {
    super(loop, fd, protocol)
    this.#incoming = new Incoming(loop, fd, this)
    this.#outgoing = new Outgoing(loop, fd, this)
  }

  /** Keeps the process alive while it reads; so it is made. */
  ref(): void {
    this.#incoming.setRef(true)
  }

  /** Lets the process end while it reads. */
  unref(): void {
    this.#incoming.setRef(false)
  }

  isReading(): boolean {
    return this.#incoming.isReading
  }

  pauseReading(): void {
    if (!this.#isHungUp) this.#incoming.pause()
  }

  resumeReading(): void {
    this.#incoming.resume()
  }

  write(data: Uint8Array | string): void {
    const bytes = toBytes(data)
    if (this.#canSend) this.#outgoing.write(bytes)
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    const chunks = Array.from(lines, toBytes)
    if (this.#canSend) this.#outgoing.writeAll(chunks)
  }

  /** @throws TypeError: a terminal has no end of one direction alone. */
  writeEof(): void {
    throw new TypeError(
      `${this.toString()} cannot end one direction. To tell a program that reads lines that there are no more, write '\\x04' (Ctrl-D).`,
    )
  }

  canWriteEof(): boolean {
    return false
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
    return name === 'pipe' ? { fileno: () => this.fd } : undefined
  }

  override readFailed(error: OSError): void {
    if (error.code === 'EIO') this.ended()
    else super.readFailed(error)
  }

  override writeFailed(error: OSError): void {
    if (error.code !== 'EIO') return super.writeFailed(error)
    this.#isHungUp = true
    this.#outgoing.clear()
    if (this.isClosing()) this.abort()
    else this.#incoming.resume()
  }

  protected get isFlushed(): boolean {
    return this.#outgoing.isIdle
  }

  protected get canHalfClose(): boolean {
    return false
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

  get #canSend(): boolean {
    return !this.isClosing() && !this.#isHungUp
  }
}
