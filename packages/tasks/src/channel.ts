// What the two sides of a channel share: the values on their way, and who waits.
//
// A value goes into the channel when its sender may go on, and leaves it when a receiver
// runs and takes it; nothing is kept in between. A receiver that is woken has been promised
// a value, not given one: cancelled before it runs, it passes the promise on, and the
// values keep their order. What is promised takes no room, so that a channel of capacity 0
// works like the others. A sender whose value is in the channel has sent it, and so a
// cancellation that comes before its task has run is kept for the task's next wait.
//
// While anybody sleeps to receive, all values are promised; while anybody sleeps to send,
// there is no room, and nobody sleeps to receive.
import { BrokenChannelError } from './broken-channel-error.js'
import { ClosedError } from './closed-error.js'
import { EndOfChannel } from './end-of-channel.js'
import { FifoItems } from './fifo-items.js'
import { LoopBinding } from './loop-binding.js'
import { ReceiveLine } from './receive-line.js'
import { SendLine } from './send-line.js'

/** One of the ends of a channel; each is open until it is closed. */
export interface ChannelEnd {
  readonly closed: boolean
}

/** How a channel is used, at one moment. */
export interface ChannelStatistics {
  /** How many values are in it, those included that were promised to a receiver. */
  readonly buffered: number
  readonly capacity: number
  readonly openSendChannels: number
  readonly openReceiveChannels: number
  readonly tasksWaitingSend: number
  readonly tasksWaitingReceive: number
}

export class Channel<T> {
  readonly capacity: number
  readonly senders: SendLine<T>
  readonly receivers: ReceiveLine<T>
  #items = new FifoItems<T>()
  #promised = 0
  #sendEnds = 0
  #receiveEnds = 0

  constructor(capacity: number) {
    this.capacity = capacity
    const binding = new LoopBinding(this)
    this.senders = new SendLine(this, binding)
    this.receivers = new ReceiveLine(this, binding)
  }

  /** Whether a value can go in now. */
  hasRoom(): boolean {
    return this.#unpromised < this.capacity || this.receivers.firstAsleep() !== undefined
  }

  put(item: T): void {
    this.#items.push(item)
    this.#promise()
  }

  /** Whether there is a value for somebody who was promised none. */
  hasValue(): boolean {
    return this.#unpromised > 0 || this.senders.firstAsleep() !== undefined
  }

  /** Takes the next value, and lets in what waits for room. */
  take(): T {
    if (this.#unpromised === 0) this.#admit()
    const item = this.#items.pop()
    while (this.#unpromised < this.capacity && this.#admit());
    return item
  }

  /** A receiver that was promised a value has come for it. */
  redeem(): void {
    this.#promised--
  }

  /** A receiver that was promised a value does not come. */
  renounce(): void {
    this.#promised--
    this.#promise()
  }

  requireSender(end: ChannelEnd): void {
    if (end.closed)
      throw new ClosedError(`This end of ${this.toString()} was closed: it cannot send.`)
    if (this.#receiveEnds === 0)
      throw new BrokenChannelError(
        `${this.toString()} has no receiver any more: it takes no values.`,
      )
  }

  requireReceiver(end: ChannelEnd): void {
    if (end.closed)
      throw new ClosedError(`This end of ${this.toString()} was closed: it cannot receive.`)
  }

  /** @throws EndOfChannel if no value can come any more. */
  requireMore(): void {
    if (this.#sendEnds === 0) throw new EndOfChannel(`${this.toString()} is at its end.`)
  }

  addSender(): void {
    this.#sendEnds++
  }

  addReceiver(): void {
    this.#receiveEnds++
  }

  removeSender(end: ChannelEnd): void {
    this.senders.wakeThoseOf(end)
    if (--this.#sendEnds === 0) this.receivers.wakeAll()
  }

  removeReceiver(end: ChannelEnd): void {
    this.receivers.wakeThoseOf(end)
    if (--this.#receiveEnds > 0) return
    this.senders.wakeAll()
    if (this.#promised === 0) this.#items = new FifoItems()
  }

  statistics(): ChannelStatistics {
    return {
      buffered: this.#items.size,
      capacity: this.capacity,
      openSendChannels: this.#sendEnds,
      openReceiveChannels: this.#receiveEnds,
      tasksWaitingSend: this.senders.length,
      tasksWaitingReceive: this.receivers.length,
    }
  }

  toString(): string {
    return `<Channel capacity: ${this.capacity}, values: ${this.#items.size}>`
  }

  get #unpromised(): number {
    return this.#items.size - this.#promised
  }

  #promise(): void {
    while (this.#unpromised > 0 && this.receivers.wakeWithPromise()) this.#promised++
  }

  #admit(): boolean {
    const sender = this.senders.firstAsleep()
    if (sender === undefined) return false
    this.#items.push(sender.admit())
    return true
  }
}
