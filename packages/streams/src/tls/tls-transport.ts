// TLS is node:tls's. What lies below it is either a connected fd that was handed over to
// Node, so that everything from the kernel up is native code, or another transport of ours
// as a stream.Duplex. In both cases we hold a TLSSocket, listen to its events in Node's
// loop, and bring them to the protocol in turns of ours, in order. While the handshake
// lasts, the transport has a protocol of its own: the user's does not hear of failures.
import type { EventLoop, TimerHandle } from '@tsyncio/loop'
import { ECONNRESET, osError, type Address } from '@tsyncio/syscalls'
import { TimeoutError } from '@tsyncio/tasks'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

import { FdTransport, type OnGone } from '../transports/fd-transport.js'
import { toBytes } from '../transports/to-bytes.js'
import { TlsError, tlsFailure } from './tls-error.js'
import { tlsInfo } from './tls-info.js'
import type { HandshakeOutcome, TlsSide } from './tls-side.js'
import { TransportSocket } from '../sockets/transport-socket.js'
import type { Protocol, Transport, WriteBufferLimits } from '../transports/transport.js'
import { WaterMarks } from '../transports/water-marks.js'

/** What a {@link TlsTransport} is made of. */
export interface TlsTransportParts {
  /** The fd at the bottom: ours until there is a carrier, and the carrier's from then on. */
  readonly fd: number
  /** Makes what TLS goes over. It is destroyed with the transport, and then closes the fd. */
  readonly makeCarrier: () => Duplex
  readonly side: TlsSide
  readonly protocol: Protocol
  readonly peer?: Address | undefined
  /** The transport that the carrier stands for, if it is one of ours. */
  readonly below?: FdTransport
  readonly onGone?: OnGone
  /** The handshake failed, or was given up. The protocol has not heard of the connection. */
  readonly onFailed: (error: Error | undefined) => void
}

/** A connection inside TLS. */
export class TlsTransport extends FdTransport implements Transport, HandshakeOutcome {
  readonly #parts: TlsTransportParts
  readonly #socket: TransportSocket
  readonly #sockname: Address | undefined
  readonly #peername: Address | undefined
  readonly #marks = new WaterMarks(this)
  /** What came and the protocol has not been told; null is the end. */
  #arrived: (Buffer | null)[] = []
  #isDelivering = false
  #isWanted = true
  #hasEnded = false
  #carrier: Duplex | undefined
  #tls: TLSSocket | undefined
  #error: Error | undefined
  /** While shaking hands, and while saying goodbye. */
  #timer: TimerHandle | undefined
  #onMade: (() => void) | undefined
  #isOver = false

  constructor(loop: EventLoop, parts: TlsTransportParts) {
    super(loop, parts.fd, { connectionLost: parts.onFailed }, parts.onGone)
    this.#parts = parts
    this.#socket = new TransportSocket(this)
    this.#sockname = this.#socket.getsockname()
    this.#peername = parts.peer ?? this.#socket.getpeername()
  }

  /** Shakes hands; then introduces the protocol. */
  override start(onMade?: () => void): void {
    const { side } = this.#parts
    this.#onMade = onMade
    this.#timer = this.loop.callLater(side.handshakeTimeout, () => this.#handshakeTimedOut())
    try {
      side.begin(() => this.#makeCarrier(), this)
    } catch (error) {
      this.failed(error)
    }
  }

  secured(tls: TLSSocket): void {
    this.#tls = tls
    if (this.isLost) return void tls.destroy()
    this.#timer?.cancel()
    // From here on its end is ours to answer.
    tls.allowHalfOpen = true
    tls.pause()
    tls.on('data', (data: Buffer) => this.#enqueue(data))
    tls.on('end', () => this.#enqueue(null))
    tls.on('error', (error) => this.failed(error))
    tls.on('close', () => this.#closeCarrier())
    this.protocol = this.#parts.protocol
    super.start(this.#onMade)
  }

  failed(error: unknown): void {
    const tls = this.#tls
    this.#error ??= tlsFailure(
      error,
      tls !== undefined ? this.toString() : `The TLS handshake of ${this.toString()}`,
    )
    if (tls === undefined) return this.end(this.#error)
    // What has come before is told before. A TLSSocket that was paused has it still.
    for (let data; (data = tls.read() as Buffer | null) !== null;) this.#arrived.push(data)
    this.loop.schedule({ run: () => this.#fail() })
  }

  // The carrier closes it, before we are told.
  override fileno(): number {
    return this.#carrier?.destroyed === true ? -1 : super.fileno()
  }

  isReading(): boolean {
    return this.#isWanted && !this.isClosing()
  }

  pauseReading(): void {
    this.#isWanted = false
    if (!this.isClosing()) this.#tls?.pause()
  }

  resumeReading(): void {
    this.#isWanted = true
    this.#tls?.resume()
    this.#scheduleDelivery()
  }

  write(data: Uint8Array | string): void {
    this.#send([toBytes(data)])
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    this.#send(Array.from(lines, toBytes))
  }

  /** @throws TypeError always: what TLS says at its end is said for both directions. */
  writeEof(): void {
    throw new TypeError(
      `${this.toString()} cannot be half closed, as canWriteEof() tells: close() it instead.`,
    )
  }

  canWriteEof(): boolean {
    return false
  }

  /** As `writeEof` elsewhere, for a stream of Node, which can go on reading. */
  endWriting(): void {
    if (!this.isClosing()) this.#tls?.end()
  }

  setWriteBufferLimits(limits: WriteBufferLimits): void {
    this.#marks.setLimits(limits)
    this.#controlFlow()
  }

  getWriteBufferLimits(): Required<WriteBufferLimits> {
    return this.#marks.limits
  }

  getWriteBufferSize(): number {
    return this.#tls?.writableLength ?? 0
  }

  getExtraInfo(name: string): unknown {
    if (name === 'socket') return this.#socket
    if (name === 'sockname') return this.#sockname
    if (name === 'peername') return this.#peername
    if (name === 'sslcontext') return this.#parts.side.secureContext
    return this.#tls === undefined ? undefined : tlsInfo(this.#tls, name)
  }

  /** Sends what was written and says goodbye, waits for the other side to do so, then closes. */
  override close(): void {
    if (this.isClosing()) return
    if (this.#tls === undefined) return this.abort()
    super.close()
    if (this.isLost) return
    const { shutdownTimeout } = this.#parts.side
    this.#timer = this.loop.callLater(shutdownTimeout, () => this.#shutdownTimedOut())
    this.#tls.end()
    // Its goodbye comes behind whatever the other side has sent.
    this.#tls.resume()
    this.#scheduleDelivery()
  }

  override loopClosed(): void {
    super.loopClosed()
    this.#parts.below?.loopClosed()
  }

  // Until TLS is over on both sides there is something to be sent.
  protected get isFlushed(): boolean {
    return this.#isOver
  }

  protected get canHalfClose(): boolean {
    return false
  }

  protected startReading(): void {
    if (this.#isWanted) this.#tls?.resume()
  }

  // What comes before the other side's goodbye is still delivered.
  protected stopReading(): void {}

  protected dropUnsent(): void {
    this.#timer?.cancel()
    this.#tls?.destroy()
    this.#carrier?.destroy()
  }

  // The carrier has closed its fd, whose number may be another's already.
  protected override closeFd(): void {
    if (this.#carrier === undefined && this.#parts.below === undefined) return super.closeFd()
    const { fds } = this.loop.core
    if (fds.owner(this.fd) === this) fds.release(this.fd)
  }

  #send(chunks: readonly Uint8Array[]): void {
    const tls = this.#tls
    if (tls === undefined || tls.writableEnded || this.isClosing()) return
    if (chunks.length > 1) tls.cork()
    for (const chunk of chunks) if (chunk.length > 0) tls.write(chunk, this.#written)
    if (chunks.length > 1) tls.uncork()
    this.#controlFlow()
  }

  readonly #written = (): void => {
    if (!this.#marks.wouldResume(this.getWriteBufferSize())) return
    this.loop.schedule({ run: () => this.#controlFlow() })
  }

  #controlFlow(): void {
    if (!this.isLost) this.#marks.check(this.getWriteBufferSize())
  }

  #enqueue(data: Buffer | null): void {
    if (data === null) this.#hasEnded = true
    this.#arrived.push(data)
    this.#scheduleDelivery()
  }

  #scheduleDelivery(): void {
    if (this.#isDelivering || this.#arrived.length === 0) return
    this.#isDelivering = true
    this.loop.schedule({ run: () => this.#deliver() })
  }

  #deliver(): void {
    this.#isDelivering = false
    if (!this.#isWanted && this.isClosing()) this.#arrived = []
    while (this.#isWanted && !this.isLost) {
      const data = this.#arrived.shift()
      if (data === undefined) return
      if (data === null) this.ended()
      else this.received(data)
    }
  }

  #makeCarrier(): Duplex {
    const carrier = this.#parts.makeCarrier()
    this.#carrier = carrier
    // If it goes before TLS stands, somebody may know more of it, and is heard first.
    const gone = () => void setImmediate(() => this.#carrierGone())
    carrier.once('end', gone).once('close', gone)
    return carrier
  }

  #carrierGone(): void {
    if (this.#tls === undefined && !this.isLost) this.failed(osError(-ECONNRESET, 'read'))
  }

  #closeCarrier(): void {
    const carrier = this.#carrier as Duplex
    const over = () => this.loop.schedule({ run: () => this.#over() })
    if (carrier.closed) return over()
    carrier.once('close', over)
    carrier.destroy()
  }

  #over(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#fail()
    if (this.isClosing()) this.drained()
    // What a paused protocol has not been told yet has the end in it, and comes first.
    else if (!this.#hasEnded || this.#arrived.length === 0) this.end(undefined)
  }

  // Who has said goodbye need not wait for ours.
  #fail(): void {
    const isFair = this.isClosing() && this.#hasEnded && this.getWriteBufferSize() === 0
    if (this.#error === undefined || isFair) return
    this.#deliverRest()
    this.end(this.#error)
  }

  // Paused or not: it is not much, and would be lost.
  #deliverRest(): void {
    for (const data of this.#arrived.splice(0)) {
      if (data !== null && !this.isClosing()) this.received(data)
    }
  }

  #handshakeTimedOut(): void {
    const { handshakeTimeout } = this.#parts.side
    const what = `The TLS handshake of ${this.toString()} was not done in ${handshakeTimeout} ms.`
    this.end(new TlsError('ERR_TLS_HANDSHAKE_TIMEOUT', what))
  }

  #shutdownTimedOut(): void {
    const { shutdownTimeout } = this.#parts.side
    const what = `The other side of ${this.toString()} did not say goodbye in ${shutdownTimeout} ms.`
    this.end(new TimeoutError(what))
  }
}
