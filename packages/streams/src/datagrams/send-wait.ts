import { EAGAIN, EINTR } from '@tsyncio/syscalls'

import type { DatagramFd } from './datagram-fd.js'
import { DatagramWait, notYet } from './datagram-wait.js'
import type { WaitLine } from './wait-line.js'

/** What {@link SendWait} gives when it is the receiver that has no room. */
export const receiverIsFull = Symbol('receiver is full')

/** One who waits for room to send a datagram. */
export class SendWait extends DatagramWait<void | typeof receiverIsFull> {
  readonly #line: WaitLine
  readonly #socket: DatagramFd
  readonly #data: Uint8Array
  readonly #to: Uint8Array | undefined

  constructor(line: WaitLine, socket: DatagramFd, data: Uint8Array, to: Uint8Array | undefined) {
    super(line)
    this.#line = line
    this.#socket = socket
    this.#data = data
    this.#to = to
  }

  toString(): string {
    return 'room for a datagram'
  }

  protected attempt(): void | typeof receiverIsFull | typeof notYet {
    if (!this.#line.isNext(this) || !this.#line.spend()) return notYet
    const result = this.#socket.send(this.#data, this.#to)
    if (result >= 0) return
    if (result !== -EAGAIN && result !== -EINTR) throw this.#socket.sendError(result, this.#to)
    return this.#socket.isWatchedFor(this.#to) ? notYet : receiverIsFull
  }
}
