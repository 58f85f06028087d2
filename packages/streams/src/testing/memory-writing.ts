import type { EventLoop } from '@tsyncio/loop'
import { osError } from '@tsyncio/syscalls'

import type { WriteBufferLimits } from '../transports/transport.js'
import { WaterMarks, type FlowListener } from '../transports/water-marks.js'
import type { MemoryPipe } from './memory-pipe.js'

/** Who is told how the writing goes. */
interface MemoryWritingListener extends FlowListener {
  drained(): void
  failed(error: Error): void
}

/** The writing side of a memory pair: fills the pipe, and keeps what does not fit. */
export class MemoryWriting {
  readonly #loop: EventLoop
  readonly #pipe: MemoryPipe
  readonly #listener: MemoryWritingListener
  #chunks: Uint8Array[] = []
  #size = 0
  readonly #marks: WaterMarks
  #scheduled = false

  constructor(loop: EventLoop, pipe: MemoryPipe, listener: MemoryWritingListener) {
    this.#loop = loop
    this.#pipe = pipe
    this.#listener = listener
    this.#marks = new WaterMarks(listener)
    pipe.onWritable = () => this.#schedule()
  }

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
    const count = this.#size > 0 ? 0 : this.#pipe.write(data)
    if (count < 0) return this.#listener.failed(osError(count, 'write'))
    if (count === data.length) return
    this.#chunks.push(data.subarray(count))
    this.#size += data.length - count
    this.#marks.check(this.#size)
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
    this.#marks.check(this.#size)
    if (this.#size === 0) this.#listener.drained()
  }
}
