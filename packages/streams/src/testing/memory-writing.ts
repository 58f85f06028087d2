import type { EventLoop } from '@tsyncio/loop'
import { osError } from '@tsyncio/syscalls'

import type { WriteBufferLimits } from '../transport.js'
import type { MemoryPipe } from './memory-pipe.js'

/** Who is told how the writing goes. */
interface MemoryWritingListener {
  pauseWriting(): void
  resumeWriting(): void
  drained(): void
  failed(error: Error): void
}

const defaultHigh = 65_536

/** The writing side of a memory pair: fills the pipe, and keeps what does not fit. */
export class MemoryWriting {
  readonly #loop: EventLoop
  readonly #pipe: MemoryPipe
  readonly #listener: MemoryWritingListener
  #chunks: Uint8Array[] = []
  #size = 0
  #high = defaultHigh
  #low = defaultHigh / 4
  #paused = false
  #scheduled = false

  constructor(loop: EventLoop, pipe: MemoryPipe, listener: MemoryWritingListener) {
    this.#loop = loop
    this.#pipe = pipe
    this.#listener = listener
    pipe.onWritable = () => this.#schedule()
  }

  get size(): number {
    return this.#size
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
    const count = this.#size > 0 ? 0 : this.#pipe.write(data)
    if (count < 0) return this.#listener.failed(osError(count, 'write'))
    if (count === data.length) return
    this.#chunks.push(data.subarray(count))
    this.#size += data.length - count
    this.#controlFlow()
  }

  /** Forgets what does not fit yet. */
  clear(): void {
    this.#chunks = []
    this.#size = 0
  }

  #schedule(): void {
    if (this.#scheduled || this.#size === 0) return
    this.#scheduled = true
    this.#loop.callSoon(() => {
      this.#scheduled = false
      if (this.#size > 0) this.#fill()
    })
  }

  #fill(): void {
    while (this.#chunks.length > 0) {
      const chunk = this.#chunks[0] as Uint8Array
      const count = this.#pipe.write(chunk)
      if (count < 0) {
        this.clear()
        return this.#listener.failed(osError(count, 'write'))
      }
      this.#size -= count
      if (count < chunk.length) {
        this.#chunks[0] = chunk.subarray(count)
        break
      }
      this.#chunks.shift()
    }
    this.#controlFlow()
    if (this.#size === 0) this.#listener.drained()
  }

  #controlFlow(): void {
    if (!this.#paused && this.#size > this.#high) {
      this.#paused = true
      this.#listener.pauseWriting()
    } else if (this.#paused && this.#size <= this.#low) {
      this.#paused = false
      this.#listener.resumeWriting()
    }
  }
}
