import type { EventLoop } from '@tsyncio/loop'
import { Task } from '@tsyncio/tasks'

import { ConnectionDuplex, type ConnectionDuplexOptions } from './connection-duplex.js'
import type { ConnectOptions } from '../connecting/connect-any.js'
import { createConnection } from '../connecting/create-connection.js'
import { requirePlace, type Place } from '../names/place.js'
import { requireNodeLoop } from '../transports/require-node-loop.js'

export interface ClientSocketOptions extends ConnectionDuplexOptions, ConnectOptions {
  /** Whether to go on writing when the other side has ended. Default: false, as `net.Socket`. */
  readonly allowHalfOpen?: boolean
  /** Default: the running loop, or else the thread's own. */
  readonly loop?: EventLoop
}

/** The arguments of `net.Socket.connect`: a port and a host, a path, or both in one object. */
function placeOf(where: Place | number | string, host: unknown): Place {
  if (typeof where !== 'string' && typeof where !== 'number') return where
  if (typeof where === 'string' && !/^\d+$/.test(where)) return { path: where }
  const port = Number(where)
  return typeof host === 'string' ? { port, host } : { port }
}

/**
 * A client's socket for packages that want to connect it themselves, or want one before it
 * is connected: as `net.Socket`, over our transport. What is written meanwhile is sent
 * when it is connected; destroying it gives up.
 *
 * @example
 * ```ts
 * import { createServer, get } from 'node:http'
 * import { once } from 'node:events'
 * import { ClientSocket } from '@tsyncio/streams'
 *
 * const server = createServer((_request, response) => response.end('hello')).listen(0)
 * await once(server, 'listening')
 * const { port } = server.address() as { port: number }
 *
 * const createConnection = () => new ClientSocket().connect({ host: '127.0.0.1', port })
 * const [response] = await once(get({ createConnection }), 'response')
 * for await (const chunk of response) console.log(String(chunk)) // hello
 * server.close()
 * ```
 */
export class ClientSocket extends ConnectionDuplex {
  readonly #loop: EventLoop
  readonly #options: ClientSocketOptions
  #connecting: Task<unknown> | undefined

  /** @throws TypeError in `runBlocking`. */
  constructor(options: ClientSocketOptions = {}) {
    const loop = requireNodeLoop('A ClientSocket', options.loop)
    super(loop, undefined, { allowHalfOpen: false, ...options })
    this.#loop = loop
    this.#options = options
  }

  /**
   * Connects, as {@link createConnection}; 'connect' and 'ready' tell when, 'error' why not.
   *
   * @throws TypeError or RangeError if that is no place; Error if it was called before.
   */
  connect(
    place: Place | number | string,
    host?: string | null | (() => void),
    onConnect?: () => void,
  ): this {
    const to = placeOf(place, host)
    requirePlace(to)
    if (this.#connecting !== undefined) throw new Error('The socket was told to connect already.')
    const listener = typeof host === 'function' ? host : onConnect
    if (listener !== undefined) this.once('connect', listener)
    if (this.destroyed) return this
    const work = createConnection(() => this, to, this.#options)
    const task = new Task(work, { loop: this.#loop })
    this.#connecting = task
    task.addWaiter({
      run: () => {
        const error = task.cancelled() ? undefined : task.exception()
        if (error !== undefined) this.destroy(error as Error)
      },
    })
    return this
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connecting?.cancel()
    super._destroy(error, done)
  }
}
