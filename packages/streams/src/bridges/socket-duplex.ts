// What packages ask of a `net.Socket` beside the stream, found in their sources:
//   http.Server and http.Agent: setTimeout and `timeout`, setKeepAlive, setNoDelay, ref,
//     unref, destroySoon, connecting, the addresses. Node's parser takes the bytes from a
//     socket's handle itself if there is one; from any other Duplex it takes 'data' events.
//   ws: setTimeout, setNoDelay, cork. undici: ref, unref, setKeepAlive, 'readable'.
//   pg: connect, setNoDelay, setKeepAlive, ref, unref, 'connect'.
//   ioredis: connecting, setTimeout, setKeepAlive, setNoDelay, remoteAddress, remotePort.
import type { EventLoop, TimerHandle } from '@tsyncio/loop'
import {
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SOL_SOCKET,
  TCP_KEEPIDLE,
  TCP_NODELAY,
  type Address,
  type IPAddress,
} from '@tsyncio/syscalls'
import { Duplex, type DuplexOptions } from 'node:stream'

import { TransportSocket } from '../sockets/transport-socket.js'
import type { BaseTransport } from '../transports/transport.js'

export interface SocketDuplexOptions extends DuplexOptions {
  readonly readable: boolean
  readonly writable: boolean
}

type SocketState = 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed'

/** A Duplex with the look of a `net.Socket`. What it reads and writes is a subclass's. */
export abstract class SocketDuplex extends Duplex {
  /** What {@link setTimeout} was given last. */
  timeout: number | undefined
  protected readonly loop: EventLoop
  protected received = 0
  protected sent = 0
  #transport: BaseTransport | undefined
  #sockname: IPAddress | undefined
  #peername: IPAddress | undefined
  #isRef = true
  #activeAt = 0
  #unsentThen = 0
  #idleTimer: TimerHandle | undefined

  constructor(loop: EventLoop, options: SocketDuplexOptions) {
    super(options)
    this.loop = loop
  }

  get connecting(): boolean {
    return this.#transport === undefined && !this.destroyed
  }

  get pending(): boolean {
    return this.connecting
  }

  get readyState(): SocketState {
    if (this.connecting) return 'opening'
    if (this.readable) return this.writable ? 'open' : 'readOnly'
    return this.writable ? 'writeOnly' : 'closed'
  }

  get bytesRead(): number {
    return this.received
  }

  /** What was sent, and what waits to be. */
  get bytesWritten(): number {
    return this.sent + this.writableLength
  }

  /** Undefined for a Unix socket. Known after the connection has ended, too. */
  get remoteAddress(): string | undefined {
    return this.#peername?.address
  }

  get remotePort(): number | undefined {
    return this.#peername?.port
  }

  get remoteFamily(): string | undefined {
    return this.#peername?.family
  }

  get localAddress(): string | undefined {
    return this.#sockname?.address
  }

  get localPort(): number | undefined {
    return this.#sockname?.port
  }

  get localFamily(): string | undefined {
    return this.#sockname?.family
  }

  address(): { address?: string; family?: string; port?: number } {
    if (this.#sockname === undefined) return {}
    const { address, family, port } = this.#sockname
    return { address, family, port }
  }

  /**
   * Emits 'timeout' when nothing was read or written for so many milliseconds, once until
   * there is something again; 0 for never. What to do about it is the listener's.
   */
  setTimeout(milliseconds: number, callback?: () => void): this {
    if (typeof milliseconds !== 'number')
      throw new TypeError(`Expected milliseconds, got ${typeof milliseconds}.`)
    if (!(milliseconds >= 0 && milliseconds < Infinity))
      throw new RangeError(`Expected 0 or more milliseconds, got ${milliseconds}.`)
    this.timeout = milliseconds
    if (callback !== undefined) {
      if (milliseconds === 0) this.removeListener('timeout', callback)
      else this.once('timeout', callback)
    }
    this.stopIdleTimer()
    this.touch()
    return this
  }

  setNoDelay(noDelay = true): this {
    return this.#whenConnected((socket) => {
      if (this.#sockname !== undefined) socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, Number(noDelay))
    })
  }

  /** @param initialDelay milliseconds of silence before the first probe; 0 leaves it. */
  setKeepAlive(enable = false, initialDelay = 0): this {
    const seconds = Math.floor(initialDelay / 1000)
    return this.#whenConnected((socket) => {
      socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, Number(enable))
      if (enable && seconds > 0 && this.#sockname !== undefined)
        socket.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, seconds)
    })
  }

  /** Keeps the process alive while it reads, as it does by default. */
  ref(): this {
    return this.#setRef(true)
  }

  /** Lets the process end while it reads. */
  unref(): this {
    return this.#setRef(false)
  }

  /** Ends, and is destroyed when everything was sent, whether or not all was read. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  /** From now on it is connected. */
  protected setConnected(transport: BaseTransport): void {
    this.#transport = transport
    // Asked now: the number of a closed fd may be somebody else's.
    this.#sockname = ipAddress(transport.getExtraInfo('sockname'))
    this.#peername = ipAddress(transport.getExtraInfo('peername'))
    if (!this.#isRef) this.#setRef(false)
  }

  /** How much waits to be sent below the stream. */
  protected abstract readonly unsent: number

  /** Something was read or written. The timer looks at the time only when it is due. */
  protected touch(): void {
    if (this.timeout === undefined || this.timeout === 0) return
    this.#activeAt = this.loop.time()
    if (this.#idleTimer === undefined && !this.destroyed) this.#startIdleTimer(this.timeout)
  }

  protected stopIdleTimer(): void {
    this.#idleTimer?.cancel()
    this.#idleTimer = undefined
  }

  #startIdleTimer(milliseconds: number): void {
    this.#unsentThen = this.unsent
    this.#idleTimer = this.loop.callLater(milliseconds, () => this.#onIdle())
    this.#idleTimer.unref()
  }

  #onIdle(): void {
    const { timeout = 0, unsent } = this
    this.#idleTimer = undefined
    const isSending = unsent < this.#unsentThen
    const left = isSending ? timeout : this.#activeAt + timeout - this.loop.time()
    if (left > 0) this.#startIdleTimer(left)
    else this.emit('timeout')
  }

  #setRef(isRef: boolean): this {
    this.#isRef = isRef
    const transport = this.#transport as { ref?(): void; unref?(): void } | undefined
    if (isRef) transport?.ref?.()
    else transport?.unref?.()
    return this
  }

  #whenConnected(act: (socket: TransportSocket) => void): this {
    if (this.connecting) return this.once('connect', () => this.#whenConnected(act))
    const socket = this.#transport?.getExtraInfo('socket')
    const isOpen = socket instanceof TransportSocket && socket.fileno() >= 0
    if (isOpen && !this.destroyed) act(socket)
    return this
  }
}

function ipAddress(address: unknown): IPAddress | undefined {
  if (typeof address !== 'object' || address === null) return undefined
  return 'path' in (address as Address) ? undefined : (address as IPAddress)
}
