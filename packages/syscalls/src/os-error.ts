const util = (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule?.('node:util')

/** What an {@link OSError} knows beside its number. */
export interface OSErrorDetails {
  /** The peer or the local name of a socket. */
  readonly address?: string
  readonly port?: number
  readonly path?: string
  readonly cause?: unknown
}

/**
 * A system call failed. Shaped as Node's own system errors are: `code` is the
 * name, `errno` the negative number, `syscall` the call.
 *
 * @example
 * ```ts
 * import { osError } from '@tsyncio/syscalls'
 *
 * const error = osError(-111, 'connect', { address: '127.0.0.1', port: 80 })
 * console.log(error.message) // connect ECONNREFUSED 127.0.0.1:80
 * ```
 */
export class OSError extends Error {
  static {
    this.prototype.name = 'OSError'
  }
  readonly code: string
  readonly errno: number
  readonly syscall: string
  declare readonly address?: string
  declare readonly port?: number
  declare readonly path?: string

  constructor(errno: number, syscall: string, details: OSErrorDetails = {}) {
    const code = errorName(errno)
    const { address, port, path, cause } = details
    const place =
      path ?? (address === undefined ? '' : port === undefined ? address : `${address}:${port}`)
    super(
      `${syscall} ${code}${place === '' ? '' : ` ${place}`}`,
      cause === undefined ? {} : { cause },
    )
    this.code = code
    this.errno = errno
    this.syscall = syscall
    if (address !== undefined) this.address = address
    if (port !== undefined) this.port = port
    if (path !== undefined) this.path = path
  }
}

/** The name of a negative error number: `-2` is `ENOENT`. */
export function errorName(errno: number): string {
  return util?.getSystemErrorMap().get(errno)?.[0] ?? `errno ${-errno}`
}

/** Makes the error for a call that returned `-errno`. */
export function osError(errno: number, syscall: string, details?: OSErrorDetails): OSError {
  return new OSError(errno, syscall, details)
}
