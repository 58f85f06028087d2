import type { Channel, ChannelEnd } from './channel.js'
import { Line } from './line.js'
import type { LoopBinding } from './loop-binding.js'
import { Waiter } from './waiter.js'

/** One who waits to receive. */
export class Receiver<T> extends Waiter<T> {
  readonly end: ChannelEnd
  /** One of the values in the channel is for it. */
  promised = false

  constructor(line: ReceiveLine<T>, end: ChannelEnd) {
    super(line)
    this.end = end
  }
}

/** Those who wait for a value. */
export class ReceiveLine<T> extends Line<T> {
  readonly #channel: Channel<T>

  constructor(channel: Channel<T>, binding: LoopBinding) {
    super(binding)
    this.#channel = channel
  }

  override arrive(receiver: Receiver<T>): boolean {
    this.#channel.requireReceiver(receiver.end)
    if (this.#channel.hasValue()) return true
    this.#channel.requireMore()
    return false
  }

  override proceed(receiver: Receiver<T>): boolean {
    if (!receiver.promised) return this.arrive(receiver)
    receiver.promised = false
    this.#channel.redeem()
    return true
  }

  take(): T {
    return this.#channel.take()
  }

  override leave(_woken: boolean, receiver: Receiver<T>): void {
    if (!receiver.promised) return
    receiver.promised = false
    this.#channel.renounce()
  }

  /** False if nobody sleeps. */
  wakeWithPromise(): boolean {
    const receiver = this.firstAsleep() as Receiver<T> | undefined
    if (receiver === undefined) return false
    receiver.promised = true
    receiver.wake()
    return true
  }

  /** The end was closed: those who wait at it are told. */
  wakeThoseOf(end: ChannelEnd): void {
    for (const receiver of this as Iterable<Waiter<T>>) {
      if ((receiver as Receiver<T>).end === end && receiver.isAsleep()) receiver.wake()
    }
  }
}
