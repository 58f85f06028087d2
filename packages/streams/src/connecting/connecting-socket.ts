import type { EventLoop, Runnable } from '@tsyncio/loop'
import {
  bind,
  close,
  connect,
  EADDRNOTAVAIL,
  EINPROGRESS,
  EINTR,
  encodeAddress,
  osError,
  type IPAddress,
  type OSError,
} from '@tsyncio/syscalls'

import { addressDetails } from '../names/address-details.js'
import { connectResult } from './connect-fd.js'
import { setSocketOptions, type SocketOptions } from '../sockets/socket-options.js'
import { streamSocket } from '../sockets/stream-socket.js'

/** Told when a {@link ConnectingSocket} is connected, or how it failed. */
export type OnConnected = (socket: ConnectingSocket, error: OSError | undefined) => void

/** A TCP socket that connects to one address. It owns its fd until that is taken. */
export class ConnectingSocket implements Runnable {
  readonly address: IPAddress
  readonly #loop: EventLoop
  readonly #fd: number
  readonly #onConnected: OnConnected
  #watching = false
  #open = true

  constructor(loop: EventLoop, address: IPAddress, onConnected: OnConnected) {
    this.#loop = loop
    this.address = address
    this.#onConnected = onConnected
    this.#fd = streamSocket(address)
  }

  /** @param from addresses of this machine: binds to the first that it can. */
  start(from: readonly IPAddress[] | undefined, options: SocketOptions): void {
    // Before it connects: the window that TCP agrees on depends on the buffers.
    setSocketOptions(this.#fd, true, { ...options, noDelay: options.noDelay ?? true })
    if (from !== undefined) bindToOne(this.#fd, this.address, from)
    const result = connect(this.#fd, encodeAddress(this.address))
    if (result === -EINPROGRESS || result === -EINTR) this.#watch(true)
    else this.#finish(result)
  }

  /** The fd is writable. Another handle of the same turn may have closed us meanwhile. */
  run(): void {
    if (!this.#watching) return
    this.#watch(false)
    this.#finish(connectResult(this.#fd))
  }

  /** Hands the fd over. */
  take(): number {
    this.#open = false
    return this.#fd
  }

  /** Gives up, unless the fd was taken. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    if (this.#watching) this.#watch(false)
    close(this.#fd)
  }

  #finish(result: number): void {
    const error = result < 0 ? osError(result, 'connect', addressDetails(this.address)) : undefined
    this.#onConnected(this, error)
  }

  #watch(on: boolean): void {
    this.#watching = on
    const { fds } = this.#loop.core
    if (on) fds.addWriter(this.#fd, this)
    else fds.removeWriter(this.#fd)
  }
}

function bindToOne(fd: number, { family }: IPAddress, from: readonly IPAddress[]): void {
  let failure: OSError | undefined
  for (const local of from) {
    if (local.family !== family) continue
    const result = bind(fd, encodeAddress(local))
    if (result >= 0) return
    failure ??= osError(result, 'bind', addressDetails(local))
  }
  throw failure ?? osError(-EADDRNOTAVAIL, 'bind', addressDetails(from[0] as IPAddress))
}
