import { InvalidStateError, type EventLoop } from '@tsyncio/loop'
import type { Address } from '@tsyncio/syscalls'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import type { FdTransport } from './fd-transport.js'
import type { Listener } from './listener.js'
import type { TransportSocket } from './transport-socket.js'
import { Waiters } from './waiters.js'

/**
 * Listens, and knows the connections that came of it (asyncio's `Server`).
 *
 * `close()` stops listening and leaves connections alone: they end when their handlers
 * close them, or by `closeClients()` or `abortClients()`. `waitClosed()` waits for both.
 */
export class Server {
  readonly #loop: EventLoop
  readonly #connections = new Set<FdTransport>()
  readonly #waiters = new Waiters()
  #listeners: Listener[] = []
  #address: Address | undefined
  #serving = false
  #closed = false
  #forever = false

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  getLoop(): EventLoop {
    return this.#loop
  }

  /** The listening sockets; none once it is closed. */
  get sockets(): readonly TransportSocket[] {
    return this.#listeners.map((listener) => listener.socket)
  }

  /** Where the first socket listens, with the real port if 0 was asked for. */
  get address(): Address | undefined {
    return this.#address
  }

  /** The port of {@link address}; 0 for a Unix socket. */
  get port(): number {
    return this.#address !== undefined && 'port' in this.#address ? this.#address.port : 0
  }

  get serving(): boolean {
    return this.#serving
  }

  /** Begins to accept. Only needed after `startServing: false`. */
  startServing(): void {
    if (this.#closed) throw new InvalidStateError('The server is closed.')
    this.#serving = true
    for (const listener of this.#listeners) listener.start()
  }

  /**
   * Accepts until the server is closed, then waits as {@link waitClosed} does. Cancelling
   * closes the server, and waits too.
   */
  serveForever(): Coroutine<void> {
    return coroutine(this.#serve())
  }

  /** Stops listening. Connections stay open. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#serving = false
    for (const listener of this.#listeners) listener.close()
    this.#listeners = []
    this.#wakeIfOver()
  }

  /** Closes every connection, after what was written to it. */
  closeClients(): void {
    for (const connection of [...this.#connections]) connection.close()
  }

  /** Ends every connection at once. */
  abortClients(): void {
    for (const connection of [...this.#connections]) connection.abort()
  }

  /**
   * Waits until the server is closed and every connection is gone, in whatever order. It
   * waits for ever if a handler never closes its connection.
   */
  waitClosed(): Coroutine<void> {
    return coroutine(this.#over())
  }

  /** Closes, and waits as {@link waitClosed}. */
  [Symbol.asyncDispose](): Coroutine<void> {
    this.close()
    return this.waitClosed()
  }

  /** Takes a listening socket over. For whoever makes the server. */
  listen(listener: Listener): void {
    this.#listeners.push(listener)
    this.#address ??= listener.socket.getsockname()
  }

  attach(connection: FdTransport): void {
    this.#connections.add(connection)
  }

  detach(connection: FdTransport): void {
    this.#connections.delete(connection)
    this.#wakeIfOver()
  }

  *#over(): Gen<void> {
    while (!this.#isOver) yield* this.#waiters.wait()
  }

  *#serve(): Gen<void> {
    if (this.#forever) throw new InvalidStateError('The server is serving for ever already.')
    this.startServing()
    this.#forever = true
    try {
      yield* this.#over()
    } catch (error) {
      this.close()
      yield* this.#over()
      throw error
    } finally {
      this.#forever = false
    }
  }

  get #isOver(): boolean {
    return this.#closed && this.#connections.size === 0
  }

  #wakeIfOver(): void {
    if (this.#isOver) this.#waiters.wakeAll()
  }
}
