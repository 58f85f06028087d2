// Where reads land. Allocating for each read would cost more than the read: so one slab
// serves all connections of a loop, and is handed out piece by piece, each byte once. A
// piece that somebody keeps therefore keeps the slab: at most `slabBytes`, whatever the
// length of the piece. That would be absurd for a few bytes, so short reads are copied to
// Node's pool of small buffers, where they keep 8 KiB (64 from Node 24 on), and their
// room is used again. From about 512 bytes on, copying costs more than it saves.
import type { EventLoop } from '@tsyncio/loop'
import { read } from '@tsyncio/syscalls'
import { markAsUntransferable } from 'node:worker_threads'

/** The most that one read takes, as in asyncio: a fast sender needs fewer calls. */
export const readBytes = 262_144
/** What one kept piece may keep alive. */
export const slabBytes = 4 * readBytes
/** With less room than this, a slab counts as full. */
const leastRoom = 65_536
const copiedBytes = 512
// What `subarray` of a Buffer makes in the end: half of its time goes by before that.
const Piece = (Buffer as unknown as Record<symbol, unknown>)[Symbol.species] as new (
  bytes: ArrayBufferLike,
  start: number,
  length: number,
) => Buffer

export class Slab {
  #bytes = Buffer.alloc(0)
  #used = 0

  /** `read(2)`: how many bytes came, 0 at the end, or `-errno`. */
  readFrom(fd: number): number {
    if (this.#bytes.length - this.#used < leastRoom) this.#renew(slabBytes)
    const room = this.#bytes.length - this.#used
    return read(fd, this.#bytes, this.#used, Math.min(room, readBytes))
  }

  /**
   * As {@link readFrom}, by a read of another kind: from `start` on there is room for `size`
   * bytes.
   */
  fill(size: number, read: (bytes: Buffer, start: number) => number): number {
    if (this.#bytes.length - this.#used < size) this.#renew(Math.max(size, slabBytes))
    return read(this.#bytes, this.#used)
  }

  /** Hands out the `count` bytes that the last read brought. */
  take(count: number): Buffer {
    const start = this.#used
    const piece = new Piece(this.#bytes.buffer, start, count)
    if (count > copiedBytes) {
      this.#used = start + count
      return piece
    }
    const copy = Buffer.allocUnsafe(count)
    copy.set(piece)
    return copy
  }

  #renew(size: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(size)
    this.#used = 0
    markAsUntransferable(this.#bytes.buffer)
  }
}

const slabs = new WeakMap<EventLoop, Slab>()

/** The slab that the transports of a loop share. */
export function slabOf(loop: EventLoop): Slab {
  let slab = slabs.get(loop)
  if (slab === undefined) slabs.set(loop, (slab = new Slab()))
  return slab
}
