import { InvalidStateError } from '@tsyncio/loop'

import { ByteQueue } from './byte-queue.js'
import type { ReadTransport } from '../transports/transport.js'

/** The one read that waits for something in an inbox. */
export interface InboxWait {
  /** Whether it is worth a look, now that there are `size` bytes. */
  wants(size: number): boolean
  wake(): void
}

/** What has come and has not been read. It slows the transport down when that is too much. */
export class Inbox {
  /** How long a piece up to a separator may be. */
  readonly limit: number
  readonly #most: number
  readonly bytes = new ByteQueue()
  #transport: ReadTransport | undefined
  #paused = false
  #wait: InboxWait | undefined
  #ended = false
  #failure: { readonly error: Error } | undefined

  /** @param most pauses the transport above it, and resumes at half of it. */
  constructor(limit: number, most: number) {
    this.limit = limit
    this.#most = most
  }

  get ended(): boolean {
    return this.#ended
  }

  get failure(): { readonly error: Error } | undefined {
    return this.#failure
  }

  get transport(): ReadTransport | undefined {
    return this.#transport
  }

  set transport(transport: ReadTransport | undefined) {
    this.#transport = transport
  }

  feed(data: Buffer): void {
    if (this.#ended) throw new InvalidStateError('The stream has ended: nothing can be fed to it.')
    if (data.length === 0) return
    this.bytes.push(data)
    this.#grown()
  }

  /** Puts before everything else what was taken, also when the stream has ended. */
  putBack(data: Buffer): void {
    if (data.length === 0) return
    this.bytes.putBack(data)
    this.#grown()
  }

  end(): void {
    this.#ended = true
    this.#wait?.wake()
  }

  fail(error: Error): void {
    this.#failure = { error }
    this.#wait?.wake()
  }

  /** @throws InvalidStateError if another read waits. */
  requireFree(wait: InboxWait): void {
    if (this.#wait === undefined || this.#wait === wait) return
    throw new InvalidStateError('Another read is waiting for data already: only one may.')
  }

  /** From now on `wait` is the one that waits. */
  enter(wait: InboxWait): void {
    this.#wait = wait
    if (this.#paused) this.#resume()
  }

  leave(wait: InboxWait): void {
    if (this.#wait === wait) this.#wait = undefined
  }

  take(count: number): Buffer {
    const data = this.bytes.take(count)
    this.#taken()
    return data
  }

  /** Fills `target`, as far as there is something: how many bytes that were. */
  takeInto(target: Uint8Array): number {
    const count = this.bytes.takeInto(target)
    this.#taken()
    return count
  }

  takeAll(): Buffer {
    return this.take(this.bytes.size)
  }

  #grown(): void {
    const { size } = this.bytes
    // A read that needs more than the limit allows must not be starved by it.
    if (this.#wait?.wants(size) === false) return
    this.#wait?.wake()
    if (!this.#paused && size > this.#most && this.#transport !== undefined) {
      this.#paused = true
      this.#transport.pauseReading()
    }
  }

  #taken(): void {
    if (this.#paused && this.bytes.size <= this.#most / 2) this.#resume()
  }

  #resume(): void {
    this.#paused = false
    this.#transport?.resumeReading()
  }
}
