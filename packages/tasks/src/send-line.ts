import type { Channel, ChannelEnd } from './channel.js'
import { Line } from './line.js'
import type { LoopBinding } from './loop-binding.js'
import { Waiter } from './waiter.js'

/** One who waits to send, and the value. */
export class Sender<T> extends Waiter<void> {
  readonly end: ChannelEnd
  readonly item: T
  /** Its value is in the channel. */
  admitted = false

  constructor(line: SendLine<T>, end: ChannelEnd, item: T) {
    super(line)
    this.end = end
    this.item = item
  }

  /** Wakes it for the value that it gives. */
  admit(): T {
    this.admitted = true
    this.wake()
    return this.item
  }
}

/** Those who wait for room in a channel, or for a receiver. */
export class SendLine<T> extends Line<void> {
  readonly #channel: Channel<T>

  constructor(channel: Channel<T>, binding: LoopBinding) {
    super(binding)
    this.#channel = channel
  }

  override arrive(sender: Sender<T>): boolean {
    this.#channel.requireSender(sender.end)
    return this.#channel.hasRoom()
  }

  override proceed(sender: Sender<T>): boolean {
    return sender.admitted || this.arrive(sender)
  }

  take(sender: Sender<T>): void {
    if (!sender.admitted) this.#channel.put(sender.item)
  }

  override keeps(sender: Sender<T>): boolean {
    return sender.admitted
  }

  override firstAsleep(): Sender<T> | undefined {
    return super.firstAsleep() as Sender<T> | undefined
  }

  /** The end was closed: those who wait at it are told. */
  wakeThoseOf(end: ChannelEnd): void {
    for (const sender of this as Iterable<Waiter<void>>) {
      if ((sender as Sender<T>).end === end && sender.isAsleep()) sender.wake()
    }
  }
}
