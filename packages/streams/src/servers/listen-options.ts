import { requireSocketOptions, type SocketOptions } from '../sockets/socket-options.js'

export const defaultBacklog = 100

/** How a server listens. The options of sockets are those of its connections too. */
export interface ListenOptions extends SocketOptions {
  /** How many connections the kernel keeps until they are accepted. Default: 100. */
  readonly backlog?: number
  /** Takes a port that connections of an ended server still linger on. Default: true. */
  readonly reuseAddress?: boolean
  /**
   * Lets other sockets, of this process or another, share the port; the kernel spreads the
   * connections. Default: false.
   */
  readonly reusePort?: boolean
  /** The permissions of the file of a Unix socket, as in `chmod`. Default: the umask's. */
  readonly mode?: number
  /** Whether the file of a Unix socket goes with the server, if it is its own. Default: true. */
  readonly cleanupSocket?: boolean
}

function requireBacklog(backlog: unknown): void {
  if (backlog === undefined) return
  if (typeof backlog !== 'number') throw new TypeError(`Expected a backlog, got ${typeof backlog}.`)
  if (!Number.isInteger(backlog) || backlog < 1 || backlog > 2 ** 31 - 1) {
    throw new RangeError(`Expected a backlog of at least 1, got ${backlog}.`)
  }
}

function requireMode(mode: unknown): void {
  if (mode === undefined) return
  if (typeof mode !== 'number') throw new TypeError(`Expected a mode, got ${typeof mode}.`)
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw new RangeError(`Expected a mode from 0 to 0o777, got ${mode}.`)
  }
}

/** @throws TypeError or RangeError if an option is not what it should be. */
export function requireListenOptions(options: ListenOptions, hasFile: boolean): void {
  requireSocketOptions(options)
  requireBacklog(options.backlog)
  requireMode(options.mode)
  for (const name of ['reuseAddress', 'reusePort', 'cleanupSocket'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`Expected a boolean for ${name}, got ${typeof value}.`)
  }
  if (options.mode !== undefined && !hasFile)
    throw new TypeError('Expected mode only for the path of a Unix socket, which has a file.')
}
