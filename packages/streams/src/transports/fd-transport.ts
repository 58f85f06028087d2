import type { EventLoop } from '@tsyncio/loop'
import { close, OSError } from '@tsyncio/syscalls'

import { feedProtocol, requireRoom } from './feed-protocol.js'
import type { Protocol, BaseTransport, Transport } from './transport.js'

/** Called when a transport has let go of its fd. */
export type OnGone = (transport: FdTransport) => void

/**
 * The life of a transport over an fd: made, closing, lost, gone. It owns the fd, which is
 * closed after the protocol's `connectionLost`, and reserved in the loop until then.
 */
export abstract class FdTransport implements BaseTransport {
  readonly loop: EventLoop
  readonly fd: number
  protected protocol: Protocol
  #isBuffered: boolean
  readonly #onGone: OnGone | undefined
  #closing = false
  #lost = false
  #gone = false
  #open = true
  #ended = false

  constructor(loop: EventLoop, fd: number, protocol: Protocol, onGone?: OnGone) {
    this.loop = loop
    this.fd = fd
    this.protocol = protocol
    this.#isBuffered = isBuffered(protocol)
    this.#onGone = onGone
    loop.core.fds.claim(fd, this)
  }

  /** Introduces the protocol in the next turn, and begins to read after that. */
  start(onMade?: () => void): void {
    this.loop.schedule({
      run: () => {
        this.#introduce()
        onMade?.()
      },
    })
  }

  /** The fd; -1 once it is closed, when its number may be somebody else's. */
  fileno(): number {
    return this.#open ? this.fd : -1
  }

  isClosing(): boolean {
    return this.#closing
  }

  /** Whether the other side has said that it will send no more. */
  get hasEnded(): boolean {
    return this.#ended
  }

  /** Whether `connectionLost` is due or past: nothing can be sent any more. */
  get isLost(): boolean {
    return this.#lost
  }

  /** Whether `connectionLost` has been called, and the fd closed. */
  get isGone(): boolean {
    return this.#gone
  }

  close(): void {
    if (this.#closing) return
    this.#closing = true
    this.stopReading()
    if (this.isFlushed) this.lose(undefined)
  }

  abort(): void {
    this.end(undefined)
  }

  abstract getExtraInfo(name: string): unknown

  getProtocol(): Protocol {
    return this.protocol
  }

  setProtocol(protocol: Protocol): void {
    this.protocol = protocol
    this.#isBuffered = isBuffered(protocol)
  }

  /** The loop was closed before the transport: nobody can be told any more. */
  loopClosed(): void {
    if (this.#gone) return
    this.#closing = this.#lost = this.#gone = true
    this.stopReading()
    this.dropUnsent()
    this.dropUntaken()
    this.closeFd()
    this.#open = false
  }

  /** Everything that was written is with the kernel. */
  drained(): void {
    if (this.#closing) this.lose(undefined)
  }

  received(data: Buffer): void {
    const isBuffered = this.#isBuffered
    try {
      if (isBuffered) feedProtocol(() => (this.#lost ? undefined : this.protocol), data)
      else this.protocol.dataReceived?.(data)
    } catch (error) {
      this.fail(error, `protocol.${isBuffered ? 'bufferUpdated' : 'dataReceived'}() failed`)
    }
  }

  get isBuffered(): boolean {
    return this.#isBuffered
  }

  memory(): Uint8Array | undefined {
    try {
      return requireRoom(this.protocol.getBuffer?.(-1))
    } catch (error) {
      this.fail(error, 'protocol.getBuffer() failed')
      return undefined
    }
  }

  filled(count: number): void {
    try {
      this.protocol.bufferUpdated?.(count)
    } catch (error) {
      this.fail(error, 'protocol.bufferUpdated() failed')
    }
  }

  /** The other side will send no more. */
  ended(): void {
    this.#ended = true
    try {
      if (this.protocol.eofReceived?.() !== true || !this.canHalfClose) this.close()
    } catch (error) {
      this.fail(error, 'protocol.eofReceived() failed')
    }
  }

  readFailed(error: Error): void {
    this.end(error)
  }

  writeFailed(error: Error): void {
    this.end(error)
  }

  pauseWriting(): void {
    this.#tell('pauseWriting')
  }

  resumeWriting(): void {
    this.#tell('resumeWriting')
  }

  toString(): string {
    const state = this.#lost ? 'closed' : this.#closing ? 'closing' : 'open'
    return `<${this.constructor.name} ${state} fd=${this.fd}>`
  }

  /** Nothing is left to be sent before the fd may be closed. */
  protected abstract readonly isFlushed: boolean
  protected abstract readonly canHalfClose: boolean
  protected abstract startReading(): void
  protected abstract stopReading(): void
  protected abstract dropUnsent(): void

  /** Lets go of what has come and can no longer be taken. */
  protected dropUntaken(): void {
    // Most transports hand over all that comes.
  }

  /** Lets go of the fd, which nobody watches any more. */
  protected closeFd(): void {
    this.loop.core.fds.release(this.fd)
    close(this.fd)
  }

  /** Closes at once, for `error` if there is one. */
  protected end(error: Error | undefined): void {
    if (this.#lost) return
    this.#closing = true
    this.stopReading()
    this.dropUnsent()
    this.lose(error)
  }

  /** As {@link end}, for a fault of the program, which is reported too. */
  protected fail(exception: unknown, message: string): void {
    if (!(exception instanceof OSError)) {
      const { loop, protocol } = this
      loop.callExceptionHandler({ message, exception, transport: this, protocol })
    }
    this.end(exception as Error)
  }

  protected lose(error: Error | undefined): void {
    if (this.#lost) return
    this.#lost = true
    this.loop.schedule({ run: () => this.#letGo(error) })
  }

  #introduce(): void {
    try {
      this.protocol.connectionMade?.(this as unknown as Transport)
    } catch (error) {
      this.fail(error, 'protocol.connectionMade() failed')
    }
    if (this.#closing) return
    try {
      this.startReading()
    } catch (error) {
      this.end(error as Error)
    }
  }

  #letGo(error: Error | undefined): void {
    const { loop, protocol } = this
    this.#gone = true
    try {
      protocol.connectionLost?.(error)
    } catch (exception) {
      const message = 'protocol.connectionLost() failed'
      loop.callExceptionHandler({ message, exception, transport: this, protocol })
    }
    this.dropUntaken()
    this.closeFd()
    this.#open = false
    this.#onGone?.(this)
  }

  // Not fatal: the connection itself is well.
  #tell(what: 'pauseWriting' | 'resumeWriting'): void {
    const { loop, protocol } = this
    try {
      protocol[what]?.()
    } catch (exception) {
      const message = `protocol.${what}() failed`
      loop.callExceptionHandler({ message, exception, transport: this, protocol })
    }
  }
}

function isBuffered(protocol: Protocol): boolean {
  return typeof protocol.getBuffer === 'function'
}
