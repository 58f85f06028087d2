import {
  bind,
  close,
  encodeAddress,
  listen,
  osError,
  releaseFd,
  type Address,
} from '@tsyncio/syscalls'

import { addressDetails } from '../names/address-details.js'
import { abandonFd } from './fd-ready.js'
import { TransportSocket } from './transport-socket.js'

/**
 * A socket of one's own, non-blocking, for {@link sockRecv} and its like: it owns its fd.
 * Made by {@link openSocket} and {@link sockAccept}.
 */
export class Socket extends TransportSocket implements Disposable {
  #fd: number

  /** Takes over an open socket. */
  constructor(fd: number) {
    super(fd)
    this.#fd = fd
  }

  /** -1 when it is closed or given away. */
  override fileno(): number {
    return this.#fd
  }

  /** @throws OSError as `bind(2)` fails; TypeError or RangeError if it is no address. */
  bind(address: Address): void {
    const result = bind(this.#open(), encodeAddress(address))
    if (result < 0) throw osError(result, 'bind', addressDetails(address))
  }

  /** @throws OSError as `listen(2)` fails. */
  listen(backlog = 100): void {
    const result = listen(this.#open(), backlog)
    if (result < 0) throw osError(result, 'listen')
  }

  /** @throws OSError as `shutdown(2)` fails. */
  override shutdown(direction: 'read' | 'write' | 'both'): void {
    this.#open()
    super.shutdown(direction)
  }

  /** Gives the fd away, open: to `openConnection({ fd })`, or to who will close it. */
  detach(): number {
    const fd = this.#open()
    abandonFd(fd)
    this.#fd = -1
    return releaseFd(fd)
  }

  /** Closes it. Whoever waits for it gets an InvalidStateError. */
  close(): void {
    const fd = this.#fd
    if (fd < 0) return
    abandonFd(fd)
    this.#fd = -1
    close(fd)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #open(): number {
    if (this.#fd < 0) throw new TypeError('The socket is closed.')
    return this.#fd
  }
}
