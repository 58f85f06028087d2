import { abortable } from './abortable.js'
import type { Channel, ChannelEnd, ChannelStatistics } from './channel.js'
import { ClosedError } from './closed-error.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { Sender } from './send-line.js'
import { WouldBlockError } from './would-block-error.js'

/** The end of a channel where values go in: see `openChannel`. */
export class SendChannel<T> implements ChannelEnd, Disposable {
  readonly #channel: Channel<T>
  #closed = false

  constructor(channel: Channel<T>) {
    this.#channel = channel
    channel.addSender()
  }

  /** Whether {@link close} was called on this end. */
  get closed(): boolean {
    return this.#closed
  }

  /**
   * Sends a value: at once if somebody waits for it or there is room for it, else when
   * there is. Those who wait to send go in the order in which they came.
   *
   * Cancelled, it has not sent. If the value went into the channel before the cancellation
   * could be told, it returns, and the cancellation comes at the next wait.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @throws BrokenChannelError if no receiving end is open, or the last one is closed
   *   meanwhile; ClosedError if this end is.
   */
  send(item: T, options?: { readonly signal?: AbortSignal | undefined }): Coroutine<void> {
    return coroutine(abortable(options?.signal, new Sender(this.#channel.senders, this, item)))
  }

  /**
   * Sends a value that somebody waits for, or for which there is room.
   *
   * @throws WouldBlockError if neither is the case; what {@link send} throws.
   */
  sendNowait(item: T): void {
    this.#channel.requireSender(this)
    if (!this.#channel.hasRoom()) {
      throw new WouldBlockError(`${this.toString()} would have to wait for room: send() does.`)
    }
    this.#channel.put(item)
  }

  /**
   * Another end like this one, to be closed by somebody else: the channel ends when all of
   * its sending ends are closed.
   *
   * @throws ClosedError if this end is closed.
   */
  clone(): SendChannel<T> {
    if (this.#closed) throw new ClosedError(`${this.toString()} was closed: it cannot be cloned.`)
    return new SendChannel(this.#channel)
  }

  /**
   * Closes this end. Who waits to send at it gets a ClosedError, and has not sent. If it is
   * the last one, receivers get what is in the channel, and then its end. Again does nothing.
   */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#channel.removeSender(this)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  statistics(): ChannelStatistics {
    return this.#channel.statistics()
  }

  toString(): string {
    return `<SendChannel of ${this.#channel.toString()}>`
  }
}
