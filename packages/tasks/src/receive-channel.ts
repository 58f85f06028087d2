import { abortable } from './abortable.js'
import type { Channel, ChannelEnd, ChannelStatistics } from './channel.js'
import { ClosedError } from './closed-error.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { NextStep } from './next-step.js'
import { Receiver } from './receive-line.js'
import { WouldBlockError } from './would-block-error.js'

/** The end of a channel where values come out: see `openChannel`. */
export class ReceiveChannel<out T> implements ChannelEnd, Disposable, AsyncIterable<T, undefined> {
  readonly #channel: Channel<T>
  #closed = false

  constructor(channel: Channel<T>) {
    this.#channel = channel
    channel.addReceiver()
  }

  /** Whether {@link close} was called on this end. */
  get closed(): boolean {
    return this.#closed
  }

  /**
   * Receives the next value, when there is one. Those who wait go in the order in which
   * they came. Cancelled, it has received nothing, whenever the cancellation comes: the
   * value is for the next one.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @throws EndOfChannel if there is no value, and all sending ends are closed, before or
   *   meanwhile; ClosedError if this end is.
   */
  receive(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<T> {
    return coroutine(abortable(options?.signal, new Receiver(this.#channel.receivers, this)))
  }

  /**
   * Receives the next value, if there is one now.
   *
   * @throws WouldBlockError if there is none; what {@link receive} throws.
   */
  receiveNowait(): T {
    this.#channel.requireReceiver(this)
    if (!this.#channel.hasValue()) {
      this.#channel.requireMore()
      throw new WouldBlockError(
        `${this.toString()} would have to wait for a value: receive() does.`,
      )
    }
    return this.#channel.take()
  }

  /**
   * As {@link receive}, as a step of an iteration: at the end of the channel it gives
   * `{ done: true }` and throws nothing. For generators, which have no `for await`.
   *
   * @example
   * ```ts
   * import { openChannel, run } from 'tsyncio'
   *
   * await run(function* () {
   *   const [send, receive] = openChannel<string>(2)
   *   send.sendNowait('one')
   *   send.sendNowait('two')
   *   send.close()
   *   for (let step; !(step = yield* receive.next()).done; ) console.log(step.value)
   *   // one
   *   // two
   * })
   * ```
   */
  next(options?: {
    readonly signal?: AbortSignal | undefined
  }): Coroutine<IteratorResult<T, undefined>> {
    const wait = new Receiver(this.#channel.receivers, this)
    return coroutine(new NextStep(abortable(options?.signal, wait)))
  }

  /** `for await (const value of receive)`, until the end. To leave the loop closes nothing. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return { next: () => this.next() }
  }

  /**
   * Another end like this one, to be closed by somebody else. Each value goes to one of
   * them.
   *
   * @throws ClosedError if this end is closed.
   */
  clone(): ReceiveChannel<T> {
    if (this.#closed) throw new ClosedError(`${this.toString()} was closed: it cannot be cloned.`)
    return new ReceiveChannel(this.#channel)
  }

  /**
   * Closes this end. Who waits at it gets a ClosedError. If it is the last one, senders get
   * a BrokenChannelError, and what is in the channel is dropped. Again does nothing.
   */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#channel.removeReceiver(this)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  statistics(): ChannelStatistics {
    return this.#channel.statistics()
  }

  toString(): string {
    return `<ReceiveChannel of ${this.#channel.toString()}>`
  }
}
