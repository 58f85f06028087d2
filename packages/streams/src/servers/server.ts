import { InvalidStateError, type EventLoop } from '@tsyncio/loop'
import type { Address } from '@tsyncio/syscalls'
import {
  abortable,
  coroutine,
  currentTask,
  type Coroutine,
  type Gen,
  type Task,
} from '@tsyncio/tasks'

import { Clients } from './clients.js'
import type { Listener } from './listener.js'
import {
  requireShutdownOptions,
  shutDown,
  type ShutdownOptions,
  type ShutdownReport,
} from './shut-down.js'
import type { SignalOptions } from '../transports/signal-options.js'
import type { TransportSocket } from '../sockets/transport-socket.js'
import type { BaseTransport } from '../transports/transport.js'

/**
 * Listens, and owns the connections that came of it and the tasks that handle them
 * (asyncio's `Server`).
 *
 * `close()` stops listening and leaves connections alone: they end when their handlers
 * close them, or by `closeClients()` or `abortClients()`. `waitClosed()` waits for all of
 * them. `shutdown()` does all of it in a limited time. A handler that waits for its own
 * server does not wait for itself.
 */
export class Server {
  readonly #loop: EventLoop
  readonly #clients: Clients
  readonly #maxConnections: number
  #listeners: Listener[] = []
  #address: Address | undefined
  #serving = false
  #full = false
  #closed = false
  #forever = false

  constructor(loop: EventLoop, maxConnections = Infinity) {
    this.#loop = loop
    this.#clients = new Clients(loop)
    this.#maxConnections = maxConnections
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

  /** How many connections there are. */
  get connections(): number {
    return this.#clients.size
  }

  /** Whether it accepts connections, as long as they are not too many. */
  isServing(): boolean {
    return this.#serving
  }

  /**
   * Begins to accept. Only needed after `startServing: false`.
   *
   * @throws InvalidStateError if the server is closed.
   */
  startServing(): void {
    if (this.#closed) throw new InvalidStateError('The server is closed.')
    this.#serving = true
    if (!this.#full) for (const listener of this.#listeners) listener.start()
  }

  /**
   * Accepts until the server is closed, then waits as {@link waitClosed} does. Cancelling
   * shuts the server down without a grace period: handlers are cancelled, and have ended
   * when this throws.
   *
   * @throws InvalidStateError if the server is closed, or serves for ever already.
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
    this.#clients.wake()
  }

  /** Closes every connection, after what was written to it. */
  closeClients(): void {
    this.#clients.close()
  }

  /** Ends every connection at once. */
  abortClients(): void {
    this.#clients.abort()
  }

  /**
   * Waits until the server is closed and every connection and every handler is gone, in
   * whatever order. It waits for ever if a handler never closes its connection. Cancelled,
   * or its `signal` aborted, it has changed nothing.
   */
  waitClosed(options?: SignalOptions): Coroutine<void> {
    return coroutine(abortable(options?.signal, this.#over()))
  }

  /**
   * Ends the server in an orderly way: stops listening, lets handlers go on for `grace`,
   * cancels those that are left, gives them `cleanup` to end and their last bytes to be
   * sent, then aborts the connections that are left. Returns when the last handler has
   * ended, and says what had to be done.
   *
   * A handler that is cancelled and does not end keeps it waiting. Cancelling it ends the
   * phase that it is in; it still waits for the handlers before it throws.
   *
   * @example
   * ```ts
   * import { openConnection, startServer } from '@tsyncio/streams'
   * import { run } from '@tsyncio/tasks'
   *
   * await run(async () => {
   *   const place = { path: '\0an orderly server' }
   *   const server = await startServer(async (reader) => void (await reader.read()), place)
   *   await using connection = await openConnection(place)
   *   connection.writer.write('I shall say more, some day')
   *   while (server.connections === 0) await new Promise(setImmediate)
   *   console.log(await server.shutdown({ grace: 10 })) // { finished: 0, cancelled: 1, aborted: 0 }
   * })
   * ```
   */
  shutdown(options: ShutdownOptions = {}): Coroutine<ShutdownReport> {
    requireShutdownOptions(options)
    return coroutine(this.#shutdown(options))
  }

  /**
   * Closes, and waits as {@link waitClosed}. If that wait is cancelled, it shuts down
   * without a grace period: no handler is left behind, however it ends.
   */
  [Symbol.asyncDispose](): Coroutine<void> {
    this.close()
    return coroutine(this.#overOrCancelled())
  }

  // For whoever makes the server and its connections.

  /** Takes a listening socket over. */
  listen(listener: Listener): void {
    this.#listeners.push(listener)
    this.#address ??= listener.socket.getsockname()
  }

  attach(connection: BaseTransport): void {
    this.#clients.add(connection)
    if (this.#clients.size < this.#maxConnections) return
    this.#full = true
    for (const listener of this.#listeners) listener.pause()
  }

  detach(connection: BaseTransport): void {
    this.#clients.delete(connection)
    if (!this.#full || this.#clients.size >= this.#maxConnections) return
    this.#full = false
    if (this.#serving) for (const listener of this.#listeners) listener.start()
  }

  /** From now on `task` is a handler, of `connection`. */
  own(task: Task, connection: BaseTransport): void {
    this.#clients.handle(connection, task)
  }

  *#over(): Gen<void> {
    const self = currentTask()
    yield* this.#clients.until(() => this.#closed && this.#clients.areGone(self))
  }

  *#shutdown(options: ShutdownOptions): Gen<ShutdownReport> {
    this.close()
    return yield* shutDown(this.#clients, options)
  }

  *#overOrCancelled(): Gen<void> {
    try {
      yield* this.#over()
    } catch (error) {
      yield* this.#shutdown({ grace: 0 })
      throw error
    }
  }

  *#serve(): Gen<void> {
    if (this.#forever) throw new InvalidStateError('The server is serving for ever already.')
    this.startServing()
    this.#forever = true
    try {
      yield* this.#overOrCancelled()
    } finally {
      this.#forever = false
    }
  }
}
