import { POLLHUP, type OSError } from '@tsyncio/syscalls'

import { isHungUp } from '../transports/is-hung-up.js'
import { toBytes } from '../transports/to-bytes.js'
import type { Transport } from '../transports/transport.js'
import { TwoWayTransport } from '../transports/two-way-transport.js'

/**
 * A terminal, or the controller of a pair, in both directions.
 *
 * That the other side is gone is an EIO to who reads the controller, when all was read: it
 * is the end. To who writes to it, it is nothing at all, until the kernel takes no more, and
 * says all the same that it would (POLLHUP). There may be much to be read then; it is read
 * first, paused or not, and is no more than the kernel kept.
 */
export class TerminalTransport extends TwoWayTransport implements Transport {
  #isHungUp = false

  override pauseReading(): void {
    if (!this.#isHungUp) super.pauseReading()
  }

  write(data: Uint8Array | string): void {
    const bytes = toBytes(data)
    if (this.#canSend) this.outgoing.write(bytes)
    // Nor does select say so later, while nobody reads.
    if (this.outgoing.size > 0) this.stillBlocked()
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    const chunks = Array.from(lines, toBytes)
    if (this.#canSend) this.outgoing.writeAll(chunks)
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

  getExtraInfo(name: string): unknown {
    return name === 'pipe' ? { fileno: () => this.fileno() } : undefined
  }

  override readFailed(error: OSError): void {
    if (error.code !== 'EIO') return super.readFailed(error)
    // Nobody takes what is left to be sent.
    this.outgoing.clear()
    this.ended()
  }

  override writeFailed(error: OSError): void {
    if (error.code === 'EIO') this.#hungUp()
    else super.writeFailed(error)
  }

  stillBlocked(): void {
    if (isHungUp(this.fd, POLLHUP)) this.#hungUp()
  }

  protected get canHalfClose(): boolean {
    return false
  }

  get #canSend(): boolean {
    return !this.isClosing() && !this.#isHungUp
  }

  #hungUp(): void {
    if (this.isClosing()) return this.abort()
    this.#isHungUp = true
    this.outgoing.clear()
    this.incoming.resume()
  }
}
