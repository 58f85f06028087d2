import { InvalidStateError, type EventLoop } from '@tsyncio/loop'
import { ECONNRESET, ENOTCONN, osError, SHUT_WR, shutdown, type Address } from '@tsyncio/syscalls'

import type { OnGone } from './fd-transport.js'
import { requireUnixSocket } from '../sockets/require-unix-socket.js'
import { toBytes } from './to-bytes.js'
import { TransportSocket } from '../sockets/transport-socket.js'
import type { Protocol, Transport } from './transport.js'
import { TwoWayTransport } from './two-way-transport.js'

/** A connected stream socket, TCP or Unix. */
export class SocketTransport extends TwoWayTransport implements Transport {
  readonly #socket: TransportSocket
  readonly #peer: Address | undefined
  #wroteEof = false

  /** @param peer the other side's address, if it is known already. */
  constructor(loop: EventLoop, fd: number, protocol: Protocol, peer?: Address, onGone?: OnGone) {
    super(loop, fd, protocol, onGone)
    this.#socket = new TransportSocket(this)
    this.#peer = peer
  }

  write(data: Uint8Array | string): void {
    this.#requireWritable()
    const bytes = toBytes(data)
    if (!this.isLost) this.outgoing.write(bytes)
  }

  writeLines(lines: Iterable<Uint8Array | string>): void {
    this.#requireWritable()
    const chunks = Array.from(lines, toBytes)
    if (!this.isLost) this.outgoing.writeAll(chunks)
  }

  /**
   * As {@link write}, with fds that go with the first byte of `data`.
   *
   * @throws OSError if an fd is not open, or the transport is gone; TypeError if it is no
   *   Unix socket.
   */
  writeWithFds(data: Uint8Array, fds: readonly number[]): void {
    if (this.isLost) throw osError(-ECONNRESET, 'sendmsg')
    requireUnixSocket(this.fd)
    this.#requireWritable()
    this.outgoing.writeWithFds(data, fds)
  }

  /** Keeps at most `max` fds that come, until they are taken. To be called before it starts. */
  acceptFds(max: number): void {
    this.incoming.acceptFds(max)
  }

  takeFds(most: number): number[] {
    return this.incoming.takeFds(most)
  }

  writeEof(): void {
    if (this.#wroteEof || this.isClosing()) return
    this.#wroteEof = true
    if (this.isFlushed) this.#shutDown()
  }

  canWriteEof(): boolean {
    return true
  }

  getExtraInfo(name: string): unknown {
    if (name === 'socket') return this.#socket
    if (name === 'sockname') return this.#socket.getsockname()
    if (name === 'peername') return this.#peer ?? this.#socket.getpeername()
    if (name === 'peercred') return this.#socket.getpeercred()
    return undefined
  }

  override drained(): void {
    if (this.#wroteEof) this.#shutDown()
    super.drained()
  }

  protected get canHalfClose(): boolean {
    return true
  }

  protected override dropUntaken(): void {
    this.incoming.closeFds()
  }

  // If it fails, the other side would wait for the end for ever; but not if it has reset the
  // connection. What it sent before that, and that it did, is there to be read.
  #shutDown(): void {
    const result = shutdown(this.fd, SHUT_WR)
    if (result < 0 && result !== -ENOTCONN) this.writeFailed(osError(result, 'shutdown'))
  }

  #requireWritable(): void {
    if (this.#wroteEof)
      throw new InvalidStateError(`Cannot write to ${this.toString()} after writeEof().`)
  }
}
