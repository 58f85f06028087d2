import type { EventLoop } from '@tsyncio/loop'
import type { OSError } from '@tsyncio/syscalls'

import type { PipeKind } from './adopt-pipe.js'
import { FdTransport } from '../transports/fd-transport.js'
import { Incoming } from '../transports/incoming.js'
import type { Protocol, ReadTransport } from '../transports/transport.js'
import { widenPipe } from './widen-pipe.js'

/** What a pipe has room for when it is made: pipe(7). */
const pipeBytes = 65_536

/** The end of a pipe that one reads from; also a terminal, or a socket that is only read. */
export class ReadPipeTransport extends FdTransport implements ReadTransport {
  readonly #incoming: Incoming
  readonly #kind: PipeKind
  #isWide = false

  constructor(loop: EventLoop, fd: number, protocol: Protocol, kind: PipeKind) {
    super(loop, fd, protocol)
    this.#kind = kind
    this.#incoming = new Incoming(loop, fd, this)
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
    this.#incoming.pause()
  }

  resumeReading(): void {
    this.#incoming.resume()
  }

  getExtraInfo(name: string): unknown {
    return name === 'pipe' ? { fileno: () => this.fileno() } : undefined
  }

  override received(data: Buffer): void {
    // It was full.
    if (data.length >= pipeBytes && !this.#isWide) this.#widen()
    super.received(data)
  }

  // What a terminal says when nobody has its other side open any more.
  override readFailed(error: OSError): void {
    if (this.#kind === 'device' && error.code === 'EIO') this.ended()
    else super.readFailed(error)
  }

  protected get isFlushed(): boolean {
    return true
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
    // Nothing is ever written.
  }

  #widen(): void {
    this.#isWide = true
    if (this.#kind === 'FIFO') widenPipe(this.fd)
  }
}
