import type { EventLoop, TimerHandle } from '@tsyncio/loop'
import { IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_NODELAY, type Address } from '@tsyncio/syscalls'
import { Duplex } from 'node:stream'

import { TlsTransport } from './tls-transport.js'
import type { TransportSocket } from './transport-socket.js'
import type { Protocol, Transport } from './transport.js'

export interface ConnectionDuplexOptions {
  /** Whether to go on writing when the other side has ended. Default: true. */
  readonly allowHalfOpen?: boolean
}

type Done = (error?: Error | null) => void

/**
 * A connection as one of Node's streams, with what `net.Socket` has beside that and
 * servers like `http.Server` ask for. It is the protocol of its transport.
 */
export class ConnectionDuplex extends Duplex implements Protocol {
  readonly #loop: EventLoop
  readonly #transport: Transport
  readonly #previous: Protocol
  #full = false
  #lost = false
  #written: Done | undefined
  #destroyed: (() => void) | undefined
  #idleTime = 0
  #idleTimer: TimerHandle | undefined

  constructor(loop: EventLoop, transport: Transport, options: ConnectionDuplexOptions = {}) {
    super({ allowHalfOpen: options.allowHalfOpen ?? true })
    this.#loop = loop
    this.#transport = transport
    this.#previous = transport.getProtocol()
    transport.pauseReading()
    transport.setProtocol(this)
    // A write is done when the kernel has it, so that nothing is left when we are destroyed.
    transport.setWriteBufferLimits({ high: 0 })
  }

  get remoteAddress(): string | undefined {
    return ipAddress(this.#address('peername'))?.address
  }

  get remotePort(): number | undefined {
    return ipAddress(this.#address('peername'))?.port
  }

  get remoteFamily(): string | undefined {
    return ipAddress(this.#address('peername'))?.family
  }

  get localAddress(): string | undefined {
    return ipAddress(this.#address('sockname'))?.address
  }

  get localPort(): number | undefined {
    return ipAddress(this.#address('sockname'))?.port
  }

  /** Emits 'timeout' when nothing was read or written for so many milliseconds; 0 for never. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    this.#idleTime = milliseconds
    if (callback !== undefined) this.once('timeout', callback)
    this.#restartIdleTimer()
    return this
  }

  setNoDelay(noDelay = true): this {
    if (ipAddress(this.#address('sockname')) !== undefined) {
      this.#socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, Number(noDelay))
    }
    return this
  }

  setKeepAlive(enable = false): this {
    this.#socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, Number(enable))
    return this
  }

  dataReceived(data: Buffer): void {
    this.#restartIdleTimer()
    if (!this.push(data)) this.#transport.pauseReading()
  }

  eofReceived(): boolean {
    this.push(null)
    return true
  }

  pauseWriting(): void {
    this.#full = true
  }

  resumeWriting(): void {
    this.#full = false
    this.#finishWrite()
  }

  connectionLost(error: Error | undefined): void {
    this.#lost = true
    this.#idleTimer?.cancel()
    this.#previous.connectionLost?.(error)
    this.#finishWrite(error)
    if (this.#destroyed === undefined) this.destroy(error)
    else this.#destroyed()
  }

  override _read(): void {
    this.#transport.resumeReading()
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#send(() => this.#transport.write(chunk), done)
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: Done): void {
    this.#send(() => this.#transport.writeLines(chunks.map(({ chunk }) => chunk)), done)
  }

  override _final(done: Done): void {
    if (this.#transport instanceof TlsTransport) this.#transport.endWriting()
    else this.#transport.writeEof()
    done()
  }

  override _destroy(error: Error | null, done: Done): void {
    if (this.#lost) return done(error)
    this.#destroyed = () => done(error)
    this.#transport.abort()
  }

  get #socket(): TransportSocket {
    return this.#transport.getExtraInfo('socket') as TransportSocket
  }

  #address(name: 'peername' | 'sockname'): Address | undefined {
    return this.#transport.getExtraInfo(name) as Address | undefined
  }

  #send(send: () => void, done: Done): void {
    this.#restartIdleTimer()
    this.#written = done
    send()
    if (!this.#full) this.#finishWrite()
  }

  #finishWrite(error?: Error): void {
    const done = this.#written
    this.#written = undefined
    done?.(error)
  }

  #restartIdleTimer(): void {
    this.#idleTimer?.cancel()
    this.#idleTimer = undefined
    if (this.#idleTime === 0 || this.#lost) return
    this.#idleTimer = this.#loop.callLater(this.#idleTime, () => this.emit('timeout'))
    this.#idleTimer.unref()
  }
}

function ipAddress(address: Address | undefined) {
  return address === undefined || 'path' in address ? undefined : address
}
