import type { EventLoop } from '@tsyncio/loop'
import { OSError, type Address, type IPAddress } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { ConnectingSocket, type OnConnected } from './connecting-socket.js'
import type { SocketOptions } from '../sockets/socket-options.js'

/** A connected socket, and what it is connected to if that is known. */
export interface Connected {
  readonly fd: number
  readonly address: Address | undefined
}

/**
 * Sockets that connect beside each other, of which the first to be connected wins (Happy
 * Eyeballs, RFC 8305). One joins when another has failed, or has kept the race waiting.
 */
export class ConnectRace {
  readonly #loop: EventLoop
  readonly #from: readonly IPAddress[] | undefined
  readonly #options: SocketOptions
  readonly #all: ConnectingSocket[] = []
  #running = 0
  #winner: ConnectingSocket | undefined
  #wake: (() => void) | undefined
  readonly #errors: OSError[] = []
  readonly #note: OnConnected = (socket, error) => this.#onConnected(socket, error)

  /** @param from the addresses of this machine to connect from; any if it is undefined. */
  constructor(
    loop: EventLoop,
    from: readonly IPAddress[] | undefined,
    options: SocketOptions = {},
  ) {
    this.#loop = loop
    this.#from = from
    this.#options = options
  }

  /** How those that lost failed, in that order. */
  get errors(): readonly OSError[] {
    return this.#errors
  }

  /**
   * The socket that won; none when all have failed. All others are closed by then, and
   * the winner too if the wait is cancelled.
   *
   * @param delay how long to wait for one socket before the next joins; Infinity to try
   *   one after the other.
   */
  *run(addresses: readonly IPAddress[], delay: number): Gen<Connected | undefined> {
    try {
      for (const [i, address] of addresses.entries()) {
        const failed = this.#errors.length
        this.#start(address)
        if (i + 1 === addresses.length || delay === Infinity) yield* this.#over()
        else if (this.#errors.length === failed) yield* this.#change(delay)
        const winner = this.#winner
        if (winner !== undefined) return { fd: winner.take(), address: winner.address }
      }
      return undefined
    } finally {
      for (const socket of this.#all) socket.close()
    }
  }

  #start(address: IPAddress): void {
    this.#running++
    try {
      const socket = new ConnectingSocket(this.#loop, address, this.#note)
      this.#all.push(socket)
      socket.start(this.#from, this.#options)
    } catch (error) {
      this.#fail(error)
    }
  }

  #onConnected(socket: ConnectingSocket, error: OSError | undefined): void {
    if (error === undefined) this.#winner ??= socket
    else this.#fail(error)
    this.#wake?.()
  }

  #fail(error: unknown): void {
    if (!(error instanceof OSError)) throw error
    this.#running--
    this.#errors.push(error)
  }

  *#over(): Gen<void> {
    while (this.#winner === undefined && this.#running > 0) yield* this.#change(Infinity)
  }

  /** Until a socket is connected or has failed, or the patience is over. */
  *#change(patience: number): Gen<void> {
    if (this.#winner !== undefined) return
    const woken = this.#loop.createFuture<void>()
    this.#wake = () => void (woken.done() || woken.setResult())
    const timer = patience === Infinity ? undefined : this.#loop.callLater(patience, this.#wake)
    try {
      yield* woken
    } finally {
      this.#wake = undefined
      timer?.cancel()
    }
  }
}
