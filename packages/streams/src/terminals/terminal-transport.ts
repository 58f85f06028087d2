import type { EventLoop } from '@tsyncio/loop'
import { poll, POLLHUP, type OSError } from '@tsyncio/syscalls'

import { FdTransport } from '../transports/fd-transport.js'
import { Incoming } from '../transports/incoming.js'
import type { OutgoingHold } from '../transports/outgoing-hold.js'
import { Outgoing } from '../transports/outgoing.js'
import { toBytes } from '../transports/to-bytes.js'
import type { Protocol, Transport, WriteBufferLimits } from '../transports/transport.js'

/**
 * A terminal, or the controller of a pair, in both directions.
 *
 * That the other side is gone is an EIO to who reads the controller, when all was read: it
 * is the end. To who writes to it, it is nothing at all, until the kernel takes no more, and
 * says all the same that it would (POLLHUP). There may be much to be read then; it is read
 * first, paused or not, and is no more than the kernel kept.
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
    // Nor does select say so later, while nobody reads.
    if (this.#outgoing.size > 0) this.stillBlocked()
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
    if (error.code !== 'EIO') return super.readFailed(error)
    // Nobody takes what is left to be sent.
    this.#outgoing.clear()
    this.ended()
  }

  override writeFailed(error: OSError): void {
    if (error.code === 'EIO') this.#hungUp()
    else super.writeFailed(error)
  }

  stillBlocked(): void {
    if (isHungUp(this.fd)) this.#hungUp()
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

  #hungUp(): void {
    if (this.isClosing()) return this.abort()
    this.#isHungUp = true
    this.#outgoing.clear()
    this.#incoming.resume()
  }
}

function isHungUp(fd: number): boolean {
  const entry = Int32Array.of(fd, 0)
  poll(entry, 1, 0)
  return (((entry[1] as number) >>> 16) & POLLHUP) !== 0
}
