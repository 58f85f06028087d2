import type { EventLoop, Runnable } from '@tsyncio/loop'
import { EAGAIN, EINTR, type OSError } from '@tsyncio/syscalls'

import { datagramBatch } from './datagram-batch.js'
import type { DatagramFd } from './datagram-fd.js'
import type { DatagramPlace } from './datagram-place.js'
import { DatagramQueue } from './datagram-queue.js'
import type { DatagramProtocol } from './datagram-transport.js'
import type { Datagram } from './datagram.js'
import { FdTransport } from '../transports/fd-transport.js'
import { toBytes } from '../transports/to-bytes.js'
import { TransportSocket } from '../sockets/transport-socket.js'
import type { Protocol, WriteBufferLimits } from '../transports/transport.js'

/**
 * The transport of a datagram socket. Its life is that of any other; whom it tells is no
 * {@link Protocol} but a {@link DatagramProtocol}.
 */
export class DatagramFdTransport extends FdTransport implements Runnable {
  readonly #socket: DatagramFd
  readonly #queue: DatagramQueue
  readonly #info: TransportSocket
  #watching = false

  constructor(loop: EventLoop, socket: DatagramFd, protocol: DatagramProtocol) {
    super(loop, socket.fd, protocol as unknown as Protocol, () => socket.file?.remove())
    this.#socket = socket
    this.#queue = new DatagramQueue(loop, socket, this)
    this.#info = new TransportSocket(this)
  }

  sendTo(data: Uint8Array | string, to?: DatagramPlace): void {
    const bytes = toBytes(data)
    const destination = this.#socket.destination(to)
    if (!this.isLost) this.#queue.send(bytes, destination)
  }

  setWriteBufferLimits(limits: WriteBufferLimits): void {
    this.#queue.marks.setLimits(limits)
    this.#queue.marks.check(this.#queue.size)
  }

  getWriteBufferLimits(): Required<WriteBufferLimits> {
    return this.#queue.marks.limits
  }

  getWriteBufferSize(): number {
    return this.#queue.size
  }

  getExtraInfo(name: string): unknown {
    if (name === 'socket') return this.#info
    if (name === 'sockname') return this.#info.getsockname()
    if (name === 'peername') return this.#info.getpeername()
    return undefined
  }

  /** There are datagrams: a batch of them, then others have their turn. */
  run(): void {
    for (let i = 0; i < datagramBatch && this.#watching; i++) {
      const result = this.#socket.receive()
      if (typeof result !== 'number') this.#receive(result)
      else if (result === -EAGAIN) return
      else if (result !== -EINTR) this.callFailed(this.#socket.receiveError(result))
    }
  }

  /** A system call has failed; which is no reason to close. */
  callFailed(error: OSError): void {
    const protocol = this.protocol as unknown as DatagramProtocol
    try {
      protocol.errorReceived?.(error)
    } catch (exception) {
      this.#report('errorReceived', exception)
    }
  }

  override loopClosed(): void {
    const isGone = this.isGone
    super.loopClosed()
    if (!isGone) this.#socket.file?.remove()
  }

  protected get isFlushed(): boolean {
    return this.#queue.size === 0
  }

  protected get canHalfClose(): boolean {
    return false
  }

  protected startReading(): void {
    this.#watching = true
    this.loop.core.fds.addReader(this.fd, this)
  }

  protected stopReading(): void {
    if (!this.#watching) return
    this.#watching = false
    this.loop.core.fds.removeReader(this.fd)
  }

  protected dropUnsent(): void {
    this.#queue.clear()
  }

  #receive({ data, address, truncated }: Datagram): void {
    const protocol = this.protocol as unknown as DatagramProtocol
    try {
      protocol.datagramReceived?.(data, address, truncated)
    } catch (error) {
      this.#report('datagramReceived', error)
    }
  }

  // What a protocol throws must not end what is for other peers too.
  #report(what: string, exception: unknown): void {
    const { loop, protocol } = this
    const message = `protocol.${what}() failed`
    loop.callExceptionHandler({ message, exception, transport: this, protocol })
  }
}
