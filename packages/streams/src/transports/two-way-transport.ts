import type { EventLoop } from '@tsyncio/loop'

import { FdTransport, type OnGone } from './fd-transport.js'
import { Incoming } from './incoming.js'
import type { OutgoingHold } from './outgoing-hold.js'
import { Outgoing } from './outgoing.js'
import type { Protocol, WriteBufferLimits } from './transport.js'

/** A transport whose fd is both read and written. */
export abstract class TwoWayTransport extends FdTransport {
  protected readonly incoming: Incoming
  protected readonly outgoing: Outgoing

  constructor(loop: EventLoop, fd: number, protocol: Protocol, onGone?: OnGone) {
    super(loop, fd, protocol, onGone)
    this.incoming = new Incoming(loop, fd, this)
    this.outgoing = new Outgoing(loop, fd, this)
  }

  /** Keeps the process alive while it reads; so it is made. */
  ref(): void {
    this.incoming.setRef(true)
  }

  /** Lets the process end while it reads. */
  unref(): void {
    this.incoming.setRef(false)
  }

  isReading(): boolean {
    return this.incoming.isReading
  }

  pauseReading(): void {
    this.incoming.pause()
  }

  resumeReading(): void {
    this.incoming.resume()
  }

  setWriteBufferLimits(limits: WriteBufferLimits): void {
    this.outgoing.setLimits(limits)
  }

  getWriteBufferLimits(): Required<WriteBufferLimits> {
    return this.outgoing.limits
  }

  getWriteBufferSize(): number {
    return this.outgoing.size
  }

  holdWriting(hold: OutgoingHold): void {
    this.outgoing.hold(hold)
  }

  releaseWriting(hold: OutgoingHold): void {
    this.outgoing.release(hold)
  }

  protected get isFlushed(): boolean {
    return this.outgoing.isIdle
  }

  protected startReading(): void {
    this.incoming.start()
  }

  protected stopReading(): void {
    this.incoming.stop()
  }

  protected dropUnsent(): void {
    this.outgoing.clear()
  }
}
