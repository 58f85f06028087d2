import type { EventLoop, Runnable } from '@tsyncio/loop'
import { EAGAIN, EINTR, OSError, osError, read } from '@tsyncio/syscalls'

import { AlwaysReady } from '../pipes/always-ready.js'
import { FdsLostError } from '../fds/fds-lost-error.js'
import { ReceivedFds } from '../fds/received-fds.js'
import { slabOf, type Slab } from './slab.js'

/** The most that one read takes that may bring fds: a message with some ends it anyway. */
const messageBytes = 65_536

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
  #isRef = true
  #watching = false
  #fds: ReceivedFds | undefined
  #always: AlwaysReady | undefined

  constructor(loop: EventLoop, fd: number, listener: IncomingListener) {
    this.#loop = loop
    this.#fd = fd
    this.#slab = slabOf(loop)
    this.#listener = listener
  }

  get isReading(): boolean {
    return this.#isWanted && this.#state !== 'stopped'
  }

  /** Keeps at most `max` fds that come with the bytes. Without it the kernel closes them. */
  acceptFds(max: number): void {
    this.#fds = new ReceivedFds(max)
  }

  takeFds(most: number): number[] {
    return this.#fds?.take(most) ?? []
  }

  closeFds(): void {
    this.#fds?.close()
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

  /** Whether the process lives on for what may come. */
  setRef(isRef: boolean): void {
    this.#isRef = isRef
    if (this.#watching) this.#loop.core.fds.addReader(this.#fd, this, isRef)
  }

  /** Ends for good. */
  stop(): void {
    this.#state = 'stopped'
    this.#update()
  }

  /** The fd is readable. Another handle of the same turn may have paused us meanwhile. */
  run(): void {
    if (!this.#watching) return
    if (this.#listener.isBuffered && this.#fds === undefined) return this.#fill()
    const count = this.#fds === undefined ? this.#slab.readFrom(this.#fd) : this.#readWithFds()
    if (this.#fds?.lost === true) this.#fail(new FdsLostError(this.#fds.max))
    else if (count > 0) this.#listener.received(this.#slab.take(count))
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

  #readWithFds(): number {
    return this.#slab.fill(messageBytes, (bytes, start) =>
      (this.#fds as ReceivedFds).readInto(this.#fd, bytes.subarray(start, start + messageBytes)),
    )
  }

  #update(): void {
    const isDue = this.#isWanted && this.#state === 'started'
    if (isDue === this.#watching) return
    this.#watching = isDue
    if (isDue) this.#watch()
    else if (this.#always === undefined) this.#loop.core.fds.removeReader(this.#fd)
    else this.#always.stop()
  }

  #watch(): void {
    if (this.#always !== undefined) return this.#always.start()
    try {
      this.#loop.core.fds.addReader(this.#fd, this, this.#isRef)
    } catch (error) {
      this.#watchFailed(error as Error)
    }
  }

  // Either the kernel has no memory to watch it, or may watch no more; or it is /dev/zero
  // or its like, and epoll has nothing to wait for.
  #watchFailed(error: Error): void {
    if (error instanceof OSError && error.code === 'EPERM') {
      this.#always = new AlwaysReady(this.#loop, this)
      this.#always.start()
    } else {
      this.#watching = false
      this.#fail(error)
    }
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
