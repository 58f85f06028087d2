import type { EventLoop } from '@tsyncio/loop'
import { ECONNRESET, EPIPE, osError } from '@tsyncio/syscalls'

import { directionsOf } from './directions-of.js'
import { SocketDuplex } from './socket-duplex.js'
import { TlsTransport } from '../tls/tls-transport.js'
import type { Protocol, ReadTransport, Transport, WriteTransport } from '../transports/transport.js'

export interface ConnectionDuplexOptions {
  /** Whether to go on writing when the other side has ended. Default: true. */
  readonly allowHalfOpen?: boolean
}

type Done = (error?: Error | null) => void
type AnyTransport = Transport | ReadTransport | WriteTransport

const both = { canRead: true, canWrite: true }

/**
 * A connection as one of Node's streams, with what `net.Socket` has beside that and
 * servers like `http.Server` ask for. It is the protocol of its transport: of the given
 * one, which it takes over, or else of the one that introduces itself.
 */
export class ConnectionDuplex extends SocketDuplex implements Protocol {
  #transport: Transport | undefined
  #previous: Protocol | undefined
  #full = false
  #lost = false
  #hasEnded = false
  #wantsData = false
  #whenMade: (() => void) | undefined
  #written: Done | undefined
  #destroyed: (() => void) | undefined

  constructor(loop: EventLoop, transport?: AnyTransport, options: ConnectionDuplexOptions = {}) {
    const { canRead, canWrite } = transport === undefined ? both : directionsOf(transport)
    super(loop, {
      allowHalfOpen: options.allowHalfOpen ?? true,
      readable: canRead,
      writable: canWrite,
    })
    if (transport !== undefined) this.#takeOver(transport as Transport)
  }

  connectionMade(transport: Transport): void {
    if (this.#transport !== undefined) return
    if (this.destroyed) return transport.abort()
    this.#adopt(transport)
    this.emit('connect')
    this.emit('ready')
    this.#whenMade?.()
    if (this.#wantsData) transport.resumeReading()
  }

  dataReceived(data: Buffer): void {
    this.received += data.length
    this.touch()
    if (!this.push(data)) this.#transport?.pauseReading()
  }

  eofReceived(): boolean {
    this.#hasEnded = true
    this.push(null)
    return true
  }

  pauseWriting(): void {
    this.#full = true
  }

  resumeWriting(): void {
    this.#full = false
    this.#previous?.resumeWriting?.()
    this.#finishWrite()
  }

  connectionLost(error: Error | undefined): void {
    this.#lost = true
    this.stopIdleTimer()
    this.#previous?.connectionLost?.(error)
    if (this.#destroyed !== undefined) this.#destroyed()
    else if (error === undefined && this.#isUnread) this.once('end', () => this.destroy())
    else this.destroy(error)
    // After destroy(): a write that was cut off here is no 'error' event of its own.
    this.#finishWrite(error ?? osError(-ECONNRESET, 'write'))
  }

  override _read(): void {
    this.#wantsData = true
    if (!this.#lost) this.#transport?.resumeReading()
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#send(chunk.length, (transport) => transport.write(chunk), done)
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: Done): void {
    const lines = chunks.map(({ chunk }) => chunk)
    const length = lines.reduce((sum, line) => sum + line.length, 0)
    this.#send(length, (transport) => transport.writeLines(lines), done)
  }

  override _final(done: Done): void {
    this.#withTransport((transport) => {
      if (!this.#lost && transport instanceof TlsTransport) transport.endWriting()
      else if (!this.#lost) transport.writeEof()
      done()
    })
  }

  override _destroy(error: Error | null, done: Done): void {
    this.stopIdleTimer()
    if (this.#lost || this.#transport === undefined) return done(error)
    this.#destroyed = () => done(error)
    this.#transport.abort()
  }

  protected get unsent(): number {
    return this.#written === undefined ? 0 : (this.#transport?.getWriteBufferSize() ?? 0)
  }

  // The other side has ended well, but not all that came was read yet.
  get #isUnread(): boolean {
    return this.#hasEnded && !this.readableEnded && this.#written === undefined
  }

  #takeOver(transport: Transport): void {
    this.#previous = transport.getProtocol()
    if (directionsOf(transport).canRead) transport.pauseReading()
    transport.setProtocol(this)
    this.#adopt(transport)
  }

  #adopt(transport: Transport): void {
    this.#transport = transport
    if (directionsOf(transport).canWrite) {
      // A write is done when the kernel has it, so that nothing is left when we are destroyed.
      transport.setWriteBufferLimits({ high: 0 })
      this.#full = transport.getWriteBufferSize() > 0
    }
    this.setConnected(transport)
  }

  #withTransport(act: (transport: Transport) => void): void {
    const transport = this.#transport
    if (transport !== undefined) return act(transport)
    this.#whenMade = () => this.#withTransport(act)
  }

  #send(length: number, send: (transport: Transport) => void, done: Done): void {
    this.#withTransport((transport) => {
      if (transport.isClosing()) {
        this.destroy()
        return done(osError(-EPIPE, 'write'))
      }
      this.#written = (error) => {
        if (error === undefined) this.sent += length
        done(error)
      }
      send(transport)
      this.touch()
      // What has failed is finished by connectionLost, with the reason.
      if (!this.#full && !transport.isClosing()) this.#finishWrite()
    })
  }

  #finishWrite(error?: Error): void {
    const done = this.#written
    this.#written = undefined
    done?.(error)
  }
}
