import type { EventLoop, Suspend } from '@tsyncio/loop'
import type { Address } from '@tsyncio/syscalls'
import { abortable, ClosedError, coroutine, sleep, type Coroutine, type Gen } from '@tsyncio/tasks'

import type { DatagramFd } from './datagram-fd.js'
import { requireDatagramPlace, type DatagramPlace } from './datagram-place.js'
import { DatagramSocketOptions } from './datagram-socket-options.js'
import type { Datagram } from './datagram.js'
import { ReceiveLine, ReceiveWait } from './receive-line.js'
import { resolve } from '../names/resolve.js'
import { receiverIsFull, SendWait } from './send-wait.js'
import { toBytes } from '../transports/to-bytes.js'
import type { SignalOptions } from '../transports/signal-options.js'
import { TransportSocket } from '../sockets/transport-socket.js'
import { WaitLine } from './wait-line.js'

const longestPause = 16

/**
 * Sends and receives datagrams, UDP or Unix: what `openDatagram` gives. Any number of tasks
 * may wait to receive, and to send; they go in the order in which they came.
 *
 * Nothing is kept in the process: `receive` takes a datagram from the system when it is
 * called, `send` gives it one. What the system keeps is bounded by `receiveBufferSize`;
 * what comes while that is full is dropped and counted, in `dropped`.
 *
 * UDP tells of a datagram that nobody listens for (ECONNREFUSED) only if the socket is
 * connected, and afterwards: the next `receive` or `send` throws it, and the socket is as
 * good as before. A `send` that throws has not sent its own datagram.
 */
export class DatagramSocket<
  A extends Address | undefined = Address | undefined,
> extends DatagramSocketOptions {
  readonly #loop: EventLoop
  readonly #socket: DatagramFd
  readonly #receivers: ReceiveLine
  readonly #senders: WaitLine
  #closed = false
  /** The local address that it had when it was closed. */
  #lastAddress: Address | undefined

  /** For `openDatagram`. */
  constructor(loop: EventLoop, socket: DatagramFd) {
    super()
    this.#loop = loop
    this.#socket = socket
    this.#receivers = new ReceiveLine(loop, socket)
    this.#senders = new WaitLine(loop, socket.fd, 'Writer')
    loop.core.fds.claim(socket.fd, {
      loopClosed: () => this.#letGo(),
      toString: () => this.toString(),
    })
  }

  /** Where it receives: of UDP, with the real port. */
  get localAddress(): A {
    if (this.#closed) return this.#lastAddress as A
    return new TransportSocket(this.#socket.fd).getsockname() as A
  }

  /** Whom it talks to, if it is connected. */
  get remoteAddress(): A | undefined {
    return this.#socket.peer as A | undefined
  }

  get closed(): boolean {
    return this.#closed
  }

  /** @throws ClosedError if it is closed. */
  fileno(): number {
    this.#requireOpen()
    return this.#socket.fd
  }

  /**
   * Sends one datagram, as soon as there is room for it; strings are sent as UTF-8, and
   * nothing is a datagram too. That it was sent does not mean that it arrives. Cancelled, it
   * was not sent. The bytes must not change meanwhile.
   *
   * @param to where to: a numeric address, or one that was received from. To be left out if
   *   the socket is connected.
   * @throws OSError: EMSGSIZE if it is too long, EACCES for a broadcast that was not
   *   allowed, ECONNREFUSED and others for a datagram that was sent before. ClosedError.
   *   RangeError for another address than the socket is connected to.
   */
  send(data: Uint8Array | string, to?: DatagramPlace, options?: SignalOptions): Coroutine<void> {
    const bytes = toBytes(data)
    const address = this.#socket.destination(to)
    const wait = this.#socket.isWatchedFor(address)
      ? (this.#sendWait(bytes, address) as Iterator<Suspend, void, unknown>)
      : this.#sendPatiently(bytes, address)
    return coroutine(abortable(options?.signal, wait))
  }

  /**
   * Receives one datagram, as soon as there is one. Cancelled, it has received none.
   *
   * @throws OSError for a datagram that was sent before (ECONNREFUSED and others);
   *   ClosedError if the socket is closed, before or meanwhile.
   */
  receive(options?: SignalOptions): Coroutine<Datagram<A>> {
    const wait = abortable(options?.signal, new ReceiveWait(this.#receivers))
    return coroutine(wait) as Coroutine<Datagram<A>>
  }

  /**
   * As {@link receive}, as a step of an iteration: when the socket is closed here it gives
   * `{ done: true }` and throws nothing. For generators, which have no `for await`, and for
   * a `signal`, which ends one step.
   *
   * @example
   * ```ts
   * import { openDatagram } from '@tsyncio/streams'
   * import { run } from '@tsyncio/tasks'
   *
   * await run(function* () {
   *   const socket = yield* openDatagram({ localAddress: { host: '127.0.0.1', port: 0 } })
   *   for (const word of ['one', 'two', 'end']) yield* socket.send(word, socket.localAddress)
   *   for (let step; !(step = yield* socket.next()).done; ) {
   *     const word = String(step.value.data)
   *     if (word === 'end') socket.close()
   *     else console.log(word)
   *     // one
   *     // two
   *   }
   * })
   * ```
   */
  next(options?: SignalOptions): Coroutine<IteratorResult<Datagram<A>, undefined>> {
    return coroutine(abortable(options?.signal, this.#next()))
  }

  /** `for await (const datagram of socket)`, until it is closed here. Leaving closes nothing. */
  [Symbol.asyncIterator](): AsyncIterator<Datagram<A>, undefined> {
    return { next: () => this.next() }
  }

  /**
   * Connects to `place`, in place of whom it was connected to: from now on it receives from
   * there alone, and `send` needs no address. Nothing is sent for that. What was received
   * before stays. A name is looked up; cancelled meanwhile, or its `signal` aborted, it has
   * changed nothing.
   *
   * @throws OSError if there is no way to that address.
   */
  connect(place: DatagramPlace, options?: SignalOptions): Coroutine<void> {
    requireDatagramPlace(place)
    return coroutine(abortable(options?.signal, this.#connect(place)))
  }

  /** Undoes {@link connect}: receives from everybody, sends to whom `send` says. */
  disconnect(): void {
    this.#requireOpen()
    this.#socket.disconnect()
  }

  /**
   * Closes at once. What was sent goes its way; what was not received is lost. Who waits
   * gets a ClosedError. The file of a Unix socket goes with it. Again does nothing.
   */
  close(): void {
    if (this.#closed) return
    this.#receivers.close()
    this.#senders.close()
    this.#loop.core.fds.release(this.#socket.fd)
    this.#letGo()
  }

  /** Closes, as {@link close} does. */
  [Symbol.asyncDispose](): Coroutine<void> {
    this.close()
    return sleep(0)
  }

  override toString(): string {
    const state = this.#closed ? 'closed' : 'open'
    return `<DatagramSocket ${state} fd=${this.#socket.fd}>`
  }

  #requireOpen(): void {
    if (this.#closed) throw new ClosedError(`${this.toString()} was closed.`)
  }

  #letGo(): void {
    this.#lastAddress = this.localAddress
    this.#closed = true
    this.#socket.close()
  }

  #sendWait(bytes: Uint8Array, to: Uint8Array | undefined): SendWait {
    return new SendWait(this.#senders, this.#socket, bytes, to)
  }

  // Nothing says when a Unix receiver that we are not connected to has room again.
  *#sendPatiently(bytes: Uint8Array, to: Uint8Array | undefined): Gen<void> {
    for (let pause = 1; ; pause = Math.min(2 * pause, longestPause)) {
      if ((yield* this.#sendWait(bytes, to)) !== receiverIsFull) return
      yield* sleep(pause)
    }
  }

  *#next(): Gen<IteratorResult<Datagram<A>, undefined>> {
    try {
      return { done: false, value: yield* this.receive() }
    } catch (error) {
      if (this.#closed && error instanceof ClosedError) return { done: true, value: undefined }
      throw error
    }
  }

  *#connect(place: DatagramPlace): Gen<void> {
    const addresses = 'address' in place ? [place] : yield* resolve(this.#loop, place, 'connect')
    this.#requireOpen()
    const { family } = this.#socket
    const address = addresses.find((each) => each.family === family)
    if (address !== undefined) return this.#socket.connect(address)
    throw new RangeError(`Expected an ${family} address to connect to: this socket is for those.`)
  }
}
