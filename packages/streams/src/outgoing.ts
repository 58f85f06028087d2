import { InvalidStateError, type EventLoop, type Runnable } from '@tsyncio/loop'
import { EAGAIN, EINTR, IOV_MAX, osError, write, writev } from '@tsyncio/syscalls'

import type { OutgoingHold } from './outgoing-hold.js'
import type { WriteBufferLimits } from './transport.js'

/** Who is told how the sending of an {@link Outgoing} goes. */
export interface OutgoingListener {
  pauseWriting(): void
  resumeWriting(): void
  /** Everything that was written is with the kernel. */
  drained(): void
  writeFailed(error: Error): void
}

const defaultHigh = 65_536

/** The writing direction of an fd: writes at once, and keeps what the kernel does not take. */
export class Outgoing implements Runnable {
  readonly #loop: EventLoop
  readonly #fd: number
  readonly #listener: OutgoingListener
  #chunks: Uint8Array[] = []
  /** How much of the first chunk has gone. */
  #sent = 0
  #size = 0
  #hold: OutgoingHold | undefined
  /** What was written since somebody holds the fd. */
  #later: Uint8Array[] = []
  #high = defaultHigh
  #low = defaultHigh / 4
  #paused = false
  #watching = false

  constructor(loop: EventLoop, fd: number, listener: OutgoingListener) {
    this.#loop = loop
    this.#fd = fd
    this.#listener = listener
  }

  /** Bytes that wait to be sent. */
  get size(): number {
    return this.#size
  }

  /** Whether there is nothing to wait for before the fd may be closed. */
  get isIdle(): boolean {
    return this.#size === 0 && this.#hold === undefined
  }

  get limits(): Required<WriteBufferLimits> {
    return { high: this.#high, low: this.#low }
  }

  setLimits({ high, low }: WriteBufferLimits): void {
    const highest = high ?? (low === undefined ? defaultHigh : 4 * low)
    const lowest = low ?? Math.floor(highest / 4)
    if (!(highest >= lowest && lowest >= 0)) {
      throw new RangeError(`Expected high >= low >= 0, got high ${highest} and low ${lowest}.`)
    }
    this.#high = highest
    this.#low = lowest
    this.#controlFlow()
  }

  write(data: Uint8Array): void {
    if (data.length === 0) return
    if (!this.isIdle) return this.#keep(data, 0)
    const count = write(this.#fd, data, 0, data.length)
    if (count === data.length) return
    if (count >= 0 || count === -EAGAIN || count === -EINTR) this.#keep(data, Math.max(count, 0))
    else this.#listener.writeFailed(osError(count, 'write'))
  }

  writeAll(chunks: readonly Uint8Array[]): void {
    const isFirst = this.isIdle
    for (const chunk of chunks) {
      if (chunk.length === 0) continue
      this.#kept.push(chunk)
      this.#size += chunk.length
    }
    if (this.#size === 0) return
    if (isFirst) this.#send()
    else this.#controlFlow()
  }

  /**
   * Gives the fd to somebody else, when what was written before has gone. What is written
   * from now on is kept until {@link release}.
   */
  hold(hold: OutgoingHold): void {
    if (this.#hold !== undefined) throw new InvalidStateError('A file is being sent already.')
    this.#hold = hold
    if (this.#size === 0) hold.free()
  }

  /** The fd is ours again. */
  release(hold: OutgoingHold): void {
    if (this.#hold !== hold) return
    this.#hold = undefined
    this.#chunks = this.#chunks.concat(this.#later)
    this.#later = []
    if (this.#size === 0) this.#listener.drained()
    else if (!this.#watching) this.#send()
  }

  /** Forgets what has not been sent. */
  clear(): void {
    const hold = this.#hold
    this.#hold = undefined
    hold?.lost()
    this.#later = []
    this.#chunks = []
    this.#sent = 0
    this.#size = 0
    this.#unwatch()
  }

  /** The fd is writable. Another handle of the same turn may have cleared us meanwhile. */
  run(): void {
    if (this.#watching) this.#send()
  }

  get #kept(): Uint8Array[] {
    return this.#hold === undefined ? this.#chunks : this.#later
  }

  #keep(data: Uint8Array, sent: number): void {
    if (this.#size === 0) this.#sent = sent
    this.#kept.push(data)
    this.#size += data.length - sent
    if (this.#hold === undefined) this.#watch()
    this.#controlFlow()
  }

  #send(): void {
    const count = this.#writeKept()
    if (count < 0 && count !== -EAGAIN && count !== -EINTR) {
      this.clear()
      return this.#listener.writeFailed(osError(count, 'write'))
    }
    if (count > 0) this.#drop(count)
    if (this.#chunks.length > 0) this.#watch()
    else this.#unwatch()
    this.#controlFlow()
    if (this.#chunks.length > 0) return
    if (this.#hold === undefined) this.#listener.drained()
    else this.#hold.free()
  }

  #writeKept(): number {
    const first = this.#chunks[0] as Uint8Array
    if (this.#chunks.length === 1) {
      return write(this.#fd, first, this.#sent, first.length - this.#sent)
    }
    const batch = this.#chunks.slice(0, IOV_MAX)
    if (this.#sent > 0) batch[0] = first.subarray(this.#sent)
    return writev(this.#fd, batch)
  }

  #drop(count: number): void {
    this.#size -= count
    let whole = 0
    let left = count + this.#sent
    for (const chunk of this.#chunks) {
      if (left < chunk.length) break
      left -= chunk.length
      whole++
    }
    this.#sent = left
    this.#chunks.splice(0, whole)
  }

  // Strictly in pairs, and at once: the writer learns it before it writes more.
  #controlFlow(): void {
    if (!this.#paused && this.#size > this.#high) {
      this.#paused = true
      this.#listener.pauseWriting()
    } else if (this.#paused && this.#size <= this.#low) {
      this.#paused = false
      this.#listener.resumeWriting()
    }
  }

  #watch(): void {
    if (this.#watching) return
    this.#watching = true
    this.#loop.core.fds.addWriter(this.#fd, this)
  }

  #unwatch(): void {
    if (!this.#watching) return
    this.#watching = false
    this.#loop.core.fds.removeWriter(this.#fd)
  }
}
