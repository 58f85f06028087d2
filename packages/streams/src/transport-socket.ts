import {
  decodeAddress,
  getpeername,
  getsockname,
  getsockopt,
  osError,
  setsockopt,
  SOCKADDR_BYTES,
  type Address,
} from '@tsyncio/syscalls'

/**
 * The socket of a transport, to look at and to set options of: what
 * `getExtraInfo('socket')` gives. Reading and writing are the transport's.
 */
export class TransportSocket {
  readonly #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  fileno(): number {
    return this.#fd
  }

  /** The socket's own address; `undefined` if it is closed. */
  getsockname(): Address | undefined {
    const bytes = new Uint8Array(SOCKADDR_BYTES)
    const length = getsockname(this.#fd, bytes)
    return length < 0 ? undefined : decodeAddress(bytes, length)
  }

  /** The other side's address; `undefined` if it is not connected any more. */
  getpeername(): Address | undefined {
    const bytes = new Uint8Array(SOCKADDR_BYTES)
    const length = getpeername(this.#fd, bytes)
    return length < 0 ? undefined : decodeAddress(bytes, length)
  }

  /** @throws OSError as `getsockopt(2)` fails. */
  getsockopt(level: number, name: number): number {
    const value = getsockopt(this.#fd, level, name)
    if (value < 0) throw osError(value, 'getsockopt')
    return value
  }

  /** @throws OSError as `setsockopt(2)` fails. */
  setsockopt(level: number, name: number, value: number): void {
    const result = setsockopt(this.#fd, level, name, value)
    if (result < 0) throw osError(result, 'setsockopt')
  }
}
