import type { EventLoop, Runnable } from '@tsyncio/loop'
import { EAGAIN, EINTR, osError, read } from '@tsyncio/syscalls'

import { slabOf, type Slab } from './slab.js'

/** Who gets what an {@link Incoming} reads. */
export interface IncomingListener {
  /** Whether it has memory of its own for what is read. */
  readonly isBuffered: boolean
  /** That memory; none when there is nothing to read for any more. */
  memory(): Uint8Array | undefined
  /** So many bytes have come into it. */
  filled(count: number): void
  received(data: Buffer): void
  ended(): void
  readFailed(error: Error): void
}

/** The reading direction of an fd: one read for each time that it is readable. */
export class Incoming implements Runnable {
  readonly #loop: EventLoop
  readonly #fd: number
  readonly #slab: Slab
  readonly #listener: IncomingListener
  #state: 'new' | 'started' | 'stopped' = 'new'
  #isWanted = true
  #watching = false

  constructor(loop: EventLoop, fd: number, listener: IncomingListener) {
    this.#loop = loop
    this.#fd = fd
    this.#slab = slabOf(loop)
    this.#listener = listener
  }

  get isReading(): boolean {
    return this.#isWanted && this.#state !== 'stopped'
  }

  /** Begins to read, unless it was paused before. */
  start(): void {
    if (this.#state === 'new') this.#state = 'started'
    this.#update()
  }

  pause(): void {
    this.#isWanted = false
    this.#update()
  }

  resume(): void {
    this.#isWanted = true
    this.#update()
  }

  /** Ends for good. */
  stop(): void {
    this.#state = 'stopped'
    this.#update()
  }

  /** The fd is readable. Another handle of the same turn may have paused us meanwhile. */
  run(): void {
    if (!this.#watching) return
    if (this.#listener.isBuffered) return this.#fill()
    const count = this.#slab.readFrom(this.#fd)
    if (count > 0) this.#listener.received(this.#slab.take(count))
    else this.#stopFor(count)
  }

  #fill(): void {
    const memory = this.#listener.memory()
    // Asking for it may have paused or ended us.
    if (memory === undefined || !this.#watching) return
    const count = read(this.#fd, memory, 0, memory.length)
    if (count > 0) this.#listener.filled(count)
    else this.#stopFor(count)
  }

  #stopFor(count: number): void {
    if (count === 0) this.#end()
    else if (count !== -EAGAIN && count !== -EINTR) this.#fail(osError(count, 'read'))
  }

  #update(): void {
    const isDue = this.#isWanted && this.#state === 'started'
    if (isDue === this.#watching) return
    this.#watching = isDue
    const { fds } = this.#loop.core
    if (isDue) fds.addReader(this.#fd, this)
    else fds.removeReader(this.#fd)
  }

  #end(): void {
    this.stop()
    this.#listener.ended()
  }

  #fail(error: Error): void {
    this.stop()
    this.#listener.readFailed(error)
  }
}
