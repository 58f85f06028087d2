import type { EventLoop, Runnable, TimerHandle } from '@tsyncio/loop'
import {
  accept4,
  close,
  decodeAddress,
  EAGAIN,
  ECONNABORTED,
  EHOSTDOWN,
  EHOSTUNREACH,
  EINTR,
  ENETDOWN,
  ENETUNREACH,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPERM,
  EPROTO,
  osError,
  SOCKADDR_BYTES,
  type Address,
} from '@tsyncio/syscalls'

import { TransportSocket } from '../sockets/transport-socket.js'
import type { UnixSocketFile } from './unix-socket-file.js'

/** Called with each connection. */
export type OnAccept = (fd: number, peer: Address | undefined) => void

// The connection, or its network, failed before we came to it; the next one may be well
// (accept(2), "Error handling").
const ofConnection = [
  ECONNABORTED,
  EHOSTDOWN,
  EHOSTUNREACH,
  EINTR,
  ENETDOWN,
  ENETUNREACH,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPERM,
  EPROTO,
]
const backOff = 1000

const peerBytes = new Uint8Array(SOCKADDR_BYTES)
const peerLength = new Int32Array(1)

/** Accepts from one listening socket, which it owns. */
export class Listener implements Runnable {
  readonly socket: TransportSocket
  readonly #loop: EventLoop
  readonly #fd: number
  readonly #backlog: number
  readonly #file: UnixSocketFile | undefined
  readonly #onAccept: OnAccept
  #watching = false
  #closed = false
  #retry: TimerHandle | undefined

  constructor(
    loop: EventLoop,
    fd: number,
    backlog: number,
    file: UnixSocketFile | undefined,
    onAccept: OnAccept,
  ) {
    this.#loop = loop
    this.#fd = fd
    this.#backlog = backlog
    this.#file = file
    this.#onAccept = onAccept
    this.socket = new TransportSocket(this)
    loop.core.fds.claim(fd, this)
  }

  /** The fd; -1 once it is closed. */
  fileno(): number {
    return this.#closed ? -1 : this.#fd
  }

  start(): void {
    if (this.#watching) return
    this.#loop.core.fds.addReader(this.#fd, this)
    this.#watching = true
  }

  /** Leaves connections in the backlog until {@link start}. */
  pause(): void {
    this.#retry?.cancel()
    if (this.#watching) this.#loop.core.fds.removeReader(this.#fd)
    this.#watching = false
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.pause()
    this.#loop.core.fds.release(this.#fd)
    this.#removeFile()
    close(this.#fd)
  }

  /** The loop was closed before the server. */
  loopClosed(): void {
    this.close()
  }

  /** There are connections: takes as many as the backlog may hold, then lets others run. */
  run(): void {
    for (let i = 0; i < this.#backlog && this.#watching; i++) {
      const fd = accept4(this.#fd, peerBytes, peerLength)
      if (fd >= 0) this.#onAccept(fd, decodeAddress(peerBytes, peerLength[0]))
      else if (fd === -EAGAIN) return
      else if (!ofConnection.includes(-fd)) return this.#fail(fd)
    }
  }

  toString(): string {
    return `<Listener fd=${this.#fd}>`
  }

  // While the file is still ours: once the socket is closed, another server may take it over.
  #removeFile(): void {
    try {
      this.#file?.remove()
    } catch (exception) {
      const message = 'Cannot remove the file of a Unix socket'
      this.#loop.callExceptionHandler({ message, exception, socket: this.socket })
    }
  }

  // Without fds or memory the connection stays in the backlog, readable all the time: look
  // away for a while, others may close something.
  #fail(errno: number): void {
    const message = 'Cannot accept a connection'
    const exception = osError(errno, 'accept4')
    this.pause()
    this.#retryLater()
    this.#loop.callExceptionHandler({ message, exception, socket: this.socket })
  }

  #retryLater(): void {
    this.#retry = this.#loop.callLater(backOff, () => {
      try {
        this.start()
      } catch {
        this.#retryLater()
      }
    })
  }
}
