import type { EventLoop } from '@tsyncio/loop'
import { EAGAIN, EINTR, type OSError } from '@tsyncio/syscalls'

import type { DatagramFd } from './datagram-fd.js'
import { DatagramWait, notYet } from './datagram-wait.js'
import type { Datagram } from './datagram.js'
import { WaitLine, type LineWait } from './wait-line.js'

/**
 * Those who wait for a datagram. When some have come, as many are received as there are
 * sleepers: the fd would be found readable once more otherwise, before these have run.
 * Whoever is first in the line when it runs takes the first of them; so one that was
 * cancelled meanwhile has taken none.
 */
export class ReceiveLine extends WaitLine {
  readonly #socket: DatagramFd
  #received: (Datagram | OSError)[] = []

  constructor(loop: EventLoop, socket: DatagramFd) {
    super(loop, socket.fd, 'Reader')
    this.#socket = socket
  }

  override leave(wait: LineWait): void {
    super.leave(wait)
    if (this.#received.length > 0) this.#wake()
  }

  override close(): void {
    this.#received = []
    super.close()
  }

  /** @throws OSError if a datagram that was sent before has failed; ClosedError. */
  take(wait: LineWait): Datagram | typeof notYet {
    if (!this.isNext(wait)) return notYet
    const datagram = this.#received.shift() ?? this.#receive()
    if (datagram instanceof Error) throw datagram
    return datagram
  }

  protected override ready(): void {
    const sleepers = [...this.asleep()].length
    while (this.#received.length < sleepers) {
      const datagram = this.#receive()
      if (datagram === notYet) break
      this.#received.push(datagram)
    }
    this.#wake()
  }

  // One for each; a spare one may be left by somebody who was cancelled.
  #wake(): void {
    let left = this.#received.length
    for (const wait of this.asleep()) {
      if (left-- === 0) return
      wait.wake()
    }
  }

  #receive(): Datagram | OSError | typeof notYet {
    if (!this.spend()) return notYet
    const result = this.#socket.receive()
    if (typeof result !== 'number') return result
    if (result === -EAGAIN || result === -EINTR) return notYet
    return this.#socket.receiveError(result)
  }
}

/** One who waits for a datagram. */
export class ReceiveWait extends DatagramWait<Datagram> {
  readonly #line: ReceiveLine

  constructor(line: ReceiveLine) {
    super(line)
    this.#line = line
  }

  toString(): string {
    return 'a datagram to come'
  }

  protected attempt(): Datagram | typeof notYet {
    return this.#line.take(this)
  }
}
