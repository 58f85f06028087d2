import { abortable, coroutine, type Coroutine } from '@tsyncio/tasks'

import { Inbox } from './inbox.js'
import { ReadAhead } from './read-ahead.js'
import { ReadAll } from './read-all.js'
import { ReadExactly } from './read-exactly.js'
import { ReadInto } from './read-into.js'
import { ReadSome } from './read-some.js'
import { ReadUntil } from './read-until.js'
import { Reads } from './reads.js'
import { Separators, type Separator } from './separators.js'
import type { ReadTransport } from '../transports/transport.js'
import type { SignalOptions } from '../transports/signal-options.js'

const defaultLimit = 65_536
const newline = new Separators('\n')

export interface StreamReaderOptions {
  /** The longest line or piece up to a separator, in bytes. Default: 64 KiB. */
  readonly limit?: number
  /**
   * How many bytes may wait to be read: the transport is paused above it, and resumed at
   * half of it, or when a read waits. One read from the kernel (256 KiB) may come on top.
   * Default: twice the `limit`.
   */
  readonly bufferLimit?: number
}

/**
 * The reading side of a stream (asyncio's `StreamReader`). **`null` is the end of file.**
 *
 * One read may wait at a time; a second is an `InvalidStateError`. A cancelled read has
 * consumed nothing, nor has one whose `signal` was aborted. After a failure of the connection, what has come can still be read;
 * then reads throw the failure.
 *
 * The buffers are never overwritten. A kept one may keep 1 MiB of memory alive: copy what
 * you keep for long.
 *
 * @example
 * ```ts
 * import { StreamReader } from '@tsyncio/streams'
 *
 * const reader = new StreamReader()
 * reader.feedData(Buffer.from('two\nlines\n'))
 * reader.feedEof()
 * for await (const line of reader) console.log(line.toString().trim())
 * // two
 * // lines
 * ```
 */
export class StreamReader implements AsyncIterable<Buffer> {
  readonly #inbox: Inbox

  /** @throws RangeError if a limit is not positive. */
  constructor({ limit = defaultLimit, bufferLimit = 2 * limit }: StreamReaderOptions = {}) {
    requireLimit(limit)
    requireLimit(bufferLimit)
    this.#inbox = new Inbox(limit, bufferLimit)
  }

  /**
   * Reads what there is, at least one byte and at most `count`; without `count`,
   * everything up to the end. Gives null at the end.
   */
  read(count?: number, options?: SignalOptions): Coroutine<Buffer | null> {
    if (count === undefined) return coroutine(abortable(options?.signal, new ReadAll(this.#inbox)))
    requireCount(count, 'read')
    return coroutine(abortable(options?.signal, new ReadSome(this.#inbox, count)))
  }

  /**
   * Reads a line with its newline; the last one may lack it. Gives null at the end.
   *
   * @throws LimitOverrunError if the line is longer than the limit; it stays in the stream.
   */
  readLine(options?: SignalOptions): Coroutine<Buffer | null> {
    return coroutine(abortable(options?.signal, new ReadUntil(this.#inbox, newline, true)))
  }

  /**
   * Reads up to `separator`, which is included: of several the one that ends first; of two
   * that end in the same place it is the shorter that counts for the limit. Gives null at
   * the end.
   *
   * @throws IncompleteReadError if the stream ends with something else.
   * @throws LimitOverrunError if the separator does not begin within the limit; what
   *   there is stays in the stream.
   */
  readUntil(
    separator?: Separator | readonly Separator[],
    options?: SignalOptions,
  ): Coroutine<Buffer | null> {
    const separators = separator === undefined ? newline : new Separators(separator)
    return coroutine(abortable(options?.signal, new ReadUntil(this.#inbox, separators, false)))
  }

  /**
   * Reads exactly `count` bytes.
   *
   * @throws IncompleteReadError if the stream ends before; what there was is in it.
   */
  readExactly(count: number, options?: SignalOptions): Coroutine<Buffer> {
    requireCount(count, 'readExactly')
    return coroutine(abortable(options?.signal, new ReadExactly(this.#inbox, count)))
  }

  /**
   * Gives the first `count` bytes and leaves them in the stream; fewer, or null for none,
   * only at the end. Without `count`, what there is, at least one byte. What is wanted may
   * exceed the limits.
   */
  peek(count?: number, options?: SignalOptions): Coroutine<Buffer | null> {
    if (count !== undefined) requireCount(count, 'peek')
    const ahead = new ReadAhead(this.#inbox, count ?? 1, count ?? Infinity)
    return coroutine(abortable(options?.signal, ahead))
  }

  /**
   * Reads what there is, at least one byte, into `target`: gives how many bytes, or null at
   * the end. Nothing is written to it before that.
   */
  readInto(target: Uint8Array, options?: SignalOptions): Coroutine<number | null> {
    if (!(target instanceof Uint8Array))
      throw new TypeError(`Expected a Uint8Array to read into, got ${typeof target}.`)
    return coroutine(abortable(options?.signal, new ReadInto(this.#inbox, target)))
  }

  /** Line after line, each as {@link readLine} gives it. */
  readLines(): Reads {
    return new Reads(() => this.readLine())
  }

  /** Chunk after chunk as they come, each at most `count` bytes, by default 64 KiB. */
  readChunks(count = defaultLimit): Reads {
    requireCount(count, 'readChunks')
    if (count === 0) throw new RangeError('Expected chunks of at least one byte, got 0.')
    return new Reads(() => this.read(count))
  }

  /** Where the bytes come from; `undefined` if they are fed by hand. */
  get transport(): ReadTransport | undefined {
    return this.#inbox.transport
  }

  /** Whether everything has been read. */
  atEof(): boolean {
    return this.#inbox.ended && this.#inbox.bytes.size === 0
  }

  /** What ended the stream, if it was a failure. */
  exception(): Error | undefined {
    return this.#inbox.failure?.error
  }

  /** Takes what has come and was not read, without waiting; maybe nothing. */
  takeBuffered(): Buffer {
    return this.#inbox.takeAll()
  }

  /** Line after line, as {@link readLines}. */
  [Symbol.asyncIterator](): Reads {
    return this.readLines()
  }

  /**
   * Puts bytes back that were taken: they are read next. Also after the end of the stream.
   * They must not change any more.
   */
  putBack(data: Uint8Array): void {
    this.#inbox.putBack(asBuffer(data))
  }

  // For whoever the bytes come from.

  /**
   * Adds bytes to what can be read. They must not change any more.
   *
   * @throws InvalidStateError after {@link feedEof}.
   */
  feedData(data: Uint8Array): void {
    this.#inbox.feed(asBuffer(data))
  }

  /** No more will come. */
  feedEof(): void {
    this.#inbox.end()
  }

  /** No more will come, because of `error`. */
  setException(error: Error): void {
    this.#inbox.fail(error)
  }

  /** What to pause when too much waits to be read. */
  setTransport(transport: ReadTransport): void {
    this.#inbox.transport = transport
  }
}

function asBuffer(data: Uint8Array): Buffer {
  if (!(data instanceof Uint8Array))
    throw new TypeError(`Expected a Uint8Array, got ${typeof data}.`)
  const { buffer, byteOffset, length } = data
  return Buffer.isBuffer(data) ? data : Buffer.from(buffer, byteOffset, length)
}

/** @throws RangeError if the limit is not positive. */
export function requireLimit(limit = defaultLimit): void {
  if (typeof limit !== 'number')
    throw new TypeError(`Expected a limit in bytes, got ${typeof limit}.`)
  if (!(limit > 0)) throw new RangeError(`Expected a limit above 0, got ${limit}.`)
}

function requireCount(count: number, name: string): void {
  if (typeof count !== 'number')
    throw new TypeError(`Expected a number of bytes for ${name}(), got ${typeof count}.`)
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`Expected a whole number of bytes for ${name}(), got ${count}.`)
  }
}
