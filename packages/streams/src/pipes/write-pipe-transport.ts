import type { EventLoop, Runnable } from '@tsyncio/loop'
import { EPIPE, osError, POLLERR, POLLHUP } from '@tsyncio/syscalls'

import type { PipeKind } from './adopt-pipe.js'
import { FdTransport } from '../transports/fd-transport.js'
import { isHungUp } from '../transports/is-hung-up.js'
import type { OutgoingHold } from '../transports/outgoing-hold.js'
import { Outgoing } from '../transports/outgoing.js'
import { toBytes } from '../transports/to-bytes.js'
import type { Protocol, WriteBufferLimits, WriteTransport } from '../transports/transport.js'
import { widenPipe } from './widen-pipe.js'

/** The end of a pipe that one writes to; also a terminal, or a socket that is only written. */
export class WritePipeTransport extends FdTransport implements WriteTransport {
  readonly #outgoing: Outgoing
  readonly #kind: PipeKind
  #watching = false
  #isWide = false
  readonly #readerGone: Runnable = { run: () => this.#onReaderGone() }

  constructor(loop: EventLoop, fd: number, protocol: Protocol, kind: PipeKind) {
    super(loop, fd, protocol)
    this.#outgoing = new Outgoing(loop, fd, this)
    this.#kind = kind
  }

  write(data: Uint8Array | string): void {
    const bytes = toBytes(data)
    if (!this.isClosing()) this.#outgoing.write(bytes)
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    const chunks = Array.from(lines, toBytes)
    if (!this.isClosing()) this.#outgoing.writeAll(chunks)
  }

  /** A pipe has but one direction: its end is its close. */
  writeEof(): void {
    this.close()
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
    return name === 'pipe' ? { fileno: () => this.fileno() } : undefined
  }

  // It has been full, and its reader goes on.
  override resumeWriting(): void {
    if (!this.#isWide && this.#kind === 'FIFO') widenPipe(this.fd)
    this.#isWide = true
    super.resumeWriting()
  }

  protected get isFlushed(): boolean {
    return this.#outgoing.isIdle
  }

  protected get canHalfClose(): boolean {
    return false
  }

  // A pipe that nobody reads any more is in error, which looks like readable.
  protected startReading(): void {
    if (this.#kind === 'device') return
    this.#watching = true
    this.loop.core.fds.addReader(this.fd, this.#readerGone)
  }

  protected stopReading(): void {
    if (this.#watching) this.loop.core.fds.removeReader(this.fd)
    this.#watching = false
  }

  protected dropUnsent(): void {
    this.#outgoing.clear()
  }

  #onReaderGone(): void {
    if (this.isClosing()) return
    // What comes over a socket is not for us, and its end need not be that of our direction.
    if (this.#kind === 'socket' && !isHungUp(this.fd, POLLHUP | POLLERR)) return this.stopReading()
    if (this.isFlushed) this.close()
    else this.end(osError(-EPIPE, 'write'))
  }
}
