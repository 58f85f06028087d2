import { EPIPE } from '@tsyncio/syscalls'

import { ByteQueue } from '../reading/byte-queue.js'

const nothing = (): void => undefined

/**
 * One direction of a memory pair: what the kernel's buffers are to a socket. It holds a
 * bounded number of bytes, and tells both sides when they may go on.
 */
export class MemoryPipe {
  readonly #capacity: number
  readonly #bytes = new ByteQueue()
  #ended = false
  #abandoned = false
  #failure: Error | undefined
  /** Called when there is something to read: bytes, the end, a failure. */
  onReadable: () => void = nothing
  /** Called when there is room again, or never will be. */
  onWritable: () => void = nothing

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get isReadable(): boolean {
    return this.#bytes.size > 0 || this.#ended || this.#failure !== undefined
  }

  /** How many of the bytes it took, which are copied; `-EPIPE` if nobody will read them. */
  write(data: Uint8Array): number {
    if (this.#abandoned) return -EPIPE
    const count = Math.min(data.length, this.#capacity - this.#bytes.size)
    if (count > 0) this.#bytes.push(Buffer.from(data.subarray(0, count)))
    if (count > 0) this.onReadable()
    return count
  }

  /** At least one byte and at most `most`; null at the end. Only if it is readable. */
  read(most: number): Buffer | null {
    if (this.#failure !== undefined) throw this.#failure
    const { size } = this.#bytes
    if (size === 0) return null
    const data = this.#bytes.take(Math.min(size, most))
    this.onWritable()
    return data
  }

  /** The writer has written all. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.onReadable()
  }

  /** The reader fails with `error` and gets nothing more. */
  break(error: Error): void {
    this.#failure = error
    this.onReadable()
  }

  /** The reader will read no more. */
  abandon(): void {
    this.#abandoned = true
    this.onWritable()
  }
}
