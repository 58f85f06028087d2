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

import { peerCredentials, type PeerCredentials } from './peer-credentials.js'
import { socketFamily, type SocketFamily } from './socket-family.js'
import { setSocketOptions, type SocketOptions } from './socket-options.js'

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

  /** @throws OSError if it is closed. */
  get family(): SocketFamily {
    return socketFamily(this.fileno())
  }

  /** The socket's own address; `undefined` if it is closed. */
  getsockname(): Address | undefined {
    const bytes = new Uint8Array(SOCKADDR_BYTES)
    const length = getsockname(this.fileno(), bytes)
    return length < 0 ? undefined : decodeAddress(bytes, length)
  }

  /** The other side's address; `undefined` if it is not connected any more. */
  getpeername(): Address | undefined {
    const bytes = new Uint8Array(SOCKADDR_BYTES)
    const length = getpeername(this.fileno(), bytes)
    return length < 0 ? undefined : decodeAddress(bytes, length)
  }

  /** @throws OSError as `getsockopt(2)` fails. */
  getsockopt(level: number, name: number): number {
    const value = getsockopt(this.fileno(), level, name)
    if (value < 0) throw osError(value, 'getsockopt')
    return value
  }

  /** @throws OSError as `setsockopt(2)` fails. */
  setsockopt(level: number, name: number, value: number): void {
    const result = setsockopt(this.fileno(), level, name, value)
    if (result < 0) throw osError(result, 'setsockopt')
  }

  /**
   * Sets the options that are given: keep-alive, buffer sizes and their like.
   *
   * @throws OSError if the socket has no such option; TypeError or RangeError for a wrong
   *   value.
   */
  setOptions(options: SocketOptions): void {
    setSocketOptions(this.fileno(), options)
  }

  /** Who is at the other side of a Unix socket (`SO_PEERCRED`); `undefined` for others. */
  peerCredentials(): PeerCredentials | undefined {
    return peerCredentials(this.fileno())
  }
}
