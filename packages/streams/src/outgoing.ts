import type { EventLoop, Runnable } from '@tsyncio/loop'
import { EAGAIN, EINTR, IOV_MAX, osError, write, writev } from '@tsyncio/syscalls'

import type { WriteBufferLimits } from './transport.js'
import { WaterMarks, type FlowListener } from './water-marks.js'

/** Who is told how the sending of an {@link Outgoing} goes. */
export interface OutgoingListener extends FlowListener {
  /** Everything that was written is with the kernel. */
  drained(): void
  writeFailed(error: Error): void
}

/** The writing direction of an fd: writes at once, and keeps what the kernel does not take. */
export class Outgoing implements Runnable {
  readonly #loop: EventLoop
  readonly #fd: number
  readonly #listener: OutgoingListener
  readonly #marks: WaterMarks
  #chunks: Uint8Array[] = []
  /** How much of the first chunk has gone. */
  #sent = 0
  #size = 0
  #watching = false

  constructor(loop: EventLoop, fd: number, listener: OutgoingListener) {
    this.#loop = loop
    this.#fd = fd
    this.#listener = listener
    this.#marks = new WaterMarks(listener)
  }

  /** Bytes that wait to be sent. */
  get size(): number {
    return this.#size
  }

  get limits(): Required<WriteBufferLimits> {
    return this.#marks.limits
  }

  setLimits(limits: WriteBufferLimits): void {
    this.#marks.setLimits(limits)
    this.#marks.check(this.#size)
  }

  write(data: Uint8Array): void {
    if (data.length === 0) return
    if (this.#size > 0) return this.#keep(data, 0)
    const count = write(this.#fd, data, 0, data.length)
    if (count === data.length) return
    if (count >= 0 || count === -EAGAIN || count === -EINTR) this.#keep(data, Math.max(count, 0))
    else this.#listener.writeFailed(osError(count, 'write'))
  }

  writeAll(chunks: readonly Uint8Array[]): void {
    const isFirst = this.#size === 0
    for (const chunk of chunks) {
      if (chunk.length === 0) continue
      this.#chunks.push(chunk)
      this.#size += chunk.length
    }
    if (this.#size === 0) return
    if (isFirst) this.#send()
    else this.#marks.check(this.#size)
  }

  /** Forgets what has not been sent. */
  clear(): void {
    this.#chunks = []
    this.#sent = 0
    this.#size = 0
    this.#unwatch()
  }

  /** The fd is writable. Another handle of the same turn may have cleared us meanwhile. */
  run(): void {
    if (this.#watching) this.#send()
  }

  #keep(data: Uint8Array, sent: number): void {
    if (this.#size === 0) this.#sent = sent
    this.#chunks.push(data)
    this.#size += data.length - sent
    this.#watch()
    this.#marks.check(this.#size)
  }

  #send(): void {
    const count = this.#writeKept()
    if (count < 0 && count !== -EAGAIN && count !== -EINTR) {
      this.clear()
      return this.#listener.writeFailed(osError(count, 'write'))
    }
    if (count > 0) this.#drop(count)
    if (this.#size > 0) this.#watch()
    else this.#unwatch()
    this.#marks.check(this.#size)
    if (this.#size === 0) this.#listener.drained()
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
