import type { EventLoop, Runnable, TimerHandle } from '@tsyncio/loop'
import { EAGAIN, EINTR, type OSError } from '@tsyncio/syscalls'

import type { DatagramFd } from './datagram-fd.js'
import { WaterMarks, type FlowListener } from '../transports/water-marks.js'

/** Who is told how the sending of a {@link DatagramQueue} goes. */
export interface DatagramQueueListener extends FlowListener {
  /** Everything is with the kernel. */
  drained(): void
  callFailed(error: OSError): void
}

interface Queued {
  readonly data: Uint8Array
  readonly to: Uint8Array | undefined
}

// asyncio's: so that a queue of empty datagrams is not empty.
const headerBytes = 8
const longestPause = 16

/** Sends datagrams at once, and keeps those that the kernel has no room for, in order. */
export class DatagramQueue implements Runnable {
  readonly #loop: EventLoop
  readonly #socket: DatagramFd
  readonly #listener: DatagramQueueListener
  readonly marks: WaterMarks
  #queue: Queued[] = []
  #size = 0
  #watching = false
  #retry: TimerHandle | undefined
  #pause = 1

  constructor(loop: EventLoop, socket: DatagramFd, listener: DatagramQueueListener) {
    this.#loop = loop
    this.#socket = socket
    this.#listener = listener
    this.marks = new WaterMarks(listener)
  }

  /** Bytes that wait to be sent, and 8 for each datagram. */
  get size(): number {
    return this.#size
  }

  send(data: Uint8Array, to: Uint8Array | undefined): void {
    if (this.#queue.length === 0) {
      const result = this.#socket.send(data, to)
      if (result >= 0) return
      if (!isFull(result)) return this.#listener.callFailed(this.#socket.sendError(result, to))
    }
    this.#queue.push({ data: Uint8Array.from(data), to })
    this.#size += data.length + headerBytes
    this.#waitForRoom()
    this.marks.check(this.#size)
  }

  /** Forgets what has not been sent. */
  clear(): void {
    this.#queue = []
    this.#size = 0
    this.#stopWaiting()
  }

  /** There may be room. Another handle of the same turn may have cleared us meanwhile. */
  run(): void {
    if (this.#queue.length === 0) return
    this.#stopWaiting()
    const full = this.#sendQueued()
    if (full) this.#waitForRoom()
    this.marks.check(this.#size)
    if (this.#queue.length === 0) this.#listener.drained()
  }

  /** Whether it has come to one that there is no room for. */
  #sendQueued(): boolean {
    for (let first; (first = this.#queue[0]) !== undefined;) {
      const { data, to } = first
      const result = this.#socket.send(data, to)
      if (isFull(result)) return true
      this.#pause = 1
      this.#queue.shift()
      this.#size -= data.length + headerBytes
      if (result < 0) this.#listener.callFailed(this.#socket.sendError(result, to))
    }
    return false
  }

  // Nothing says when a Unix receiver that we are not connected to has room again.
  #waitForRoom(): void {
    const first = this.#queue[0]
    if (first === undefined || this.#watching || this.#retry !== undefined) return
    if (this.#socket.isWatchedFor(first.to) && this.#watch()) return
    this.#retry = this.#loop.callLater(this.#pause, () => this.run())
    this.#pause = Math.min(2 * this.#pause, longestPause)
  }

  /** False if the kernel has no memory to watch it. */
  #watch(): boolean {
    try {
      this.#loop.core.fds.addWriter(this.#socket.fd, this)
      return (this.#watching = true)
    } catch {
      return false
    }
  }

  #stopWaiting(): void {
    this.#retry?.cancel()
    this.#retry = undefined
    if (!this.#watching) return
    this.#watching = false
    this.#loop.core.fds.removeWriter(this.#socket.fd)
  }
}

function isFull(result: number): boolean {
  return result === -EAGAIN || result === -EINTR
}
