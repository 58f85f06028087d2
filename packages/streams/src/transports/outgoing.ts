import { InvalidStateError, type EventLoop, type Runnable } from '@tsyncio/loop'
import { EAGAIN, EINTR, IOV_MAX, osError, sendmsg, write, writev } from '@tsyncio/syscalls'

import { AttachedFds } from '../fds/attached-fds.js'
import type { OutgoingHold } from './outgoing-hold.js'
import type { WriteBufferLimits } from './transport.js'
import { WaterMarks, type FlowListener } from './water-marks.js'

/** Who is told how the sending of an {@link Outgoing} goes. */
export interface OutgoingListener extends FlowListener {
  /** Everything that was written is with the kernel. */
  drained(): void
  writeFailed(error: Error): void
  /** The kernel said that it takes more, and took nothing: as with a terminal without programs. */
  stillBlocked?(): void
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
  #hold: OutgoingHold | undefined
  /** What was written since somebody holds the fd. */
  #later: Uint8Array[] = []
  #watching = false
  #attached: AttachedFds | undefined

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

  /** Whether there is nothing to wait for before the fd may be closed. */
  get isIdle(): boolean {
    return this.#size === 0 && this.#hold === undefined
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
    else this.#marks.check(this.#size)
  }

  /**
   * As {@link write}, with fds that go with the first byte. It keeps duplicates of them.
   *
   * @throws OSError if an fd is not open.
   */
  writeWithFds(data: Uint8Array, fds: Iterable<number>): void {
    // The same bytes may be written twice, and be of two messages.
    const chunk = data.subarray()
    this.#attached ??= new AttachedFds()
    this.#attached.attach(chunk, fds)
    this.writeAll([chunk])
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
    this.#attached?.close()
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
    if (!this.#watching) return
    const before = this.#size
    this.#send()
    if (this.#watching && this.#size === before) this.#listener.stillBlocked?.()
  }

  get #kept(): Uint8Array[] {
    return this.#hold === undefined ? this.#chunks : this.#later
  }

  #keep(data: Uint8Array, sent: number): void {
    if (this.#size === 0) this.#sent = sent
    this.#kept.push(data)
    this.#size += data.length - sent
    if (this.#hold !== undefined || this.#watch()) this.#marks.check(this.#size)
  }

  #send(): void {
    const count = this.#writeKept()
    if (count < 0 && count !== -EAGAIN && count !== -EINTR) {
      this.clear()
      return this.#listener.writeFailed(osError(count, 'write'))
    }
    if (count > 0) this.#drop(count)
    if (this.#chunks.length === 0) this.#unwatch()
    else if (!this.#watch()) return
    this.#marks.check(this.#size)
    if (this.#chunks.length > 0) return
    if (this.#hold === undefined) this.#listener.drained()
    else this.#hold.free()
  }

  #writeKept(): number {
    const first = this.#chunks[0] as Uint8Array
    const fds = this.#attached?.get(first)
    if (fds !== undefined) return this.#sendWithFds(first, fds)
    if (this.#chunks.length === 1) {
      return write(this.#fd, first, this.#sent, first.length - this.#sent)
    }
    let batch = this.#chunks.slice(0, IOV_MAX)
    if (this.#attached !== undefined) batch = this.#attached.before(batch)
    if (this.#sent > 0) batch[0] = first.subarray(this.#sent)
    return writev(this.#fd, batch)
  }

  #sendWithFds(chunk: Uint8Array, fds: Int32Array): number {
    const count = sendmsg(this.#fd, [chunk], 0, null, fds)
    if (count > 0) this.#attached?.sent(chunk)
    return count
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

  /** False if the kernel cannot watch it: then everything is over. */
  #watch(): boolean {
    if (this.#watching) return true
    try {
      this.#loop.core.fds.addWriter(this.#fd, this)
      return (this.#watching = true)
    } catch (error) {
      this.clear()
      this.#listener.writeFailed(error as Error)
      return false
    }
  }

  #unwatch(): void {
    if (!this.#watching) return
    this.#watching = false
    this.#loop.core.fds.removeWriter(this.#fd)
  }
}
