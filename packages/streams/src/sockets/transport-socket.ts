import {
  decodeAddress,
  dup,
  EBADF,
  getpeername,
  getsockname,
  getsockopt,
  IPPROTO_TCP,
  osError,
  setsockopt,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  shutdown,
  SO_DOMAIN,
  SO_PROTOCOL,
  SO_TYPE,
  SOCKADDR_BYTES,
  SOL_SOCKET,
  type Address,
} from '@tsyncio/syscalls'

import type { FdLike } from './fd-like.js'
import { peerCredentials, type PeerCredentials } from './peer-credentials.js'
import {
  requireSocketOptions,
  setSocketOptions,
  socketOptionsOf,
  type SocketOptions,
} from './socket-options.js'

const directions = { read: SHUT_RD, write: SHUT_WR, both: SHUT_RDWR }

/**
 * The socket of a transport, to look at and to set options of: what
 * `getExtraInfo('socket')` gives. Reading and writing are the transport's.
 */
export class TransportSocket {
  readonly #fd: FdLike

  /** @param fd the socket, or whoever owns it. */
  constructor(fd: FdLike) {
    this.#fd = fd
  }

  /** -1 when it is closed: its number may be somebody else's then. */
  fileno(): number {
    return typeof this.#fd === 'number' ? this.#fd : this.#fd.fileno()
  }

  /** `AF_INET`, `AF_INET6`, `AF_UNIX` ... */
  get family(): number {
    return this.getsockopt(SOL_SOCKET, SO_DOMAIN)
  }

  /** `SOCK_STREAM`, `SOCK_DGRAM` ... */
  get type(): number {
    return this.getsockopt(SOL_SOCKET, SO_TYPE)
  }

  /** `IPPROTO_TCP`, `IPPROTO_UDP`; 0 for Unix sockets. */
  get proto(): number {
    return this.getsockopt(SOL_SOCKET, SO_PROTOCOL)
  }

  get isTcp(): boolean {
    const fd = this.fileno()
    return fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL) === IPPROTO_TCP
  }

  /** A second fd for the same socket, close-on-exec: the caller's, to be closed or passed on. */
  dup(): number {
    const fd = dup(this.#open('dup'))
    if (fd < 0) throw osError(fd, 'dup')
    return fd
  }

  /** The socket's own address; `undefined` if it is closed. */
  getsockname(): Address | undefined {
    return this.#address(getsockname)
  }

  /** The other side's address; `undefined` if it is not connected any more. */
  getpeername(): Address | undefined {
    return this.#address(getpeername)
  }

  /** @throws OSError as `getsockopt(2)` fails. */
  getsockopt(level: number, name: number): number {
    const value = getsockopt(this.#open('getsockopt'), level, name)
    if (value < 0) throw osError(value, 'getsockopt')
    return value
  }

  /** @throws OSError as `setsockopt(2)` fails. */
  setsockopt(level: number, name: number, value: number): void {
    const result = setsockopt(this.#open('setsockopt'), level, name, value)
    if (result < 0) throw osError(result, 'setsockopt')
  }

  /**
   * Ends a direction at once, whatever a transport has not sent yet: that has `writeEof`.
   *
   * @throws OSError as `shutdown(2)` fails; RangeError if it is no direction.
   */
  shutdown(direction: 'read' | 'write' | 'both'): void {
    const how = directions[direction] as number | undefined
    if (how === undefined)
      throw new RangeError(`Expected 'read', 'write' or 'both', got ${String(direction)}.`)
    const result = shutdown(this.#open('shutdown'), how)
    if (result < 0) throw osError(result, 'shutdown')
  }

  /** What {@link setOptions} sets, as it is: the kernel takes twice the buffers asked for. */
  getOptions(): SocketOptions {
    return socketOptionsOf(this.#open('getsockopt'), this.isTcp)
  }

  /**
   * Sets options by their names; those of TCP only on a TCP socket.
   *
   * @throws TypeError or RangeError for what is no such option; OSError as `setsockopt(2)` fails.
   */
  setOptions(options: SocketOptions): void {
    requireSocketOptions(options)
    setSocketOptions(this.#open('setsockopt'), this.isTcp, options)
  }

  /** Who was at the other side when a Unix socket was connected; undefined for others. */
  getpeercred(): PeerCredentials | undefined {
    const fd = this.fileno()
    return fd < 0 ? undefined : peerCredentials(fd)
  }

  #address(call: typeof getsockname): Address | undefined {
    const fd = this.fileno()
    if (fd < 0) return undefined
    const bytes = new Uint8Array(SOCKADDR_BYTES)
    const length = call(fd, bytes)
    return length < 0 ? undefined : decodeAddress(bytes, length)
  }

  /** @throws OSError with EBADF if it is closed. */
  #open(call: string): number {
    const fd = this.fileno()
    if (fd < 0) throw osError(-EBADF, call)
    return fd
  }
}
