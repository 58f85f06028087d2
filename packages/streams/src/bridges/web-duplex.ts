import { Duplex } from 'node:stream'
import type {
  ReadableStream,
  ReadableStreamDefaultReader,
  WritableStream,
  WritableStreamDefaultWriter,
} from 'node:stream/web'

import { bytesOf } from './byte-source.js'
import type { SocketDuplexOptions } from './socket-duplex.js'

/** The two directions of a web stream, or one of them. */
export interface WebPair {
  readonly readable?: ReadableStream | undefined
  readonly writable?: WritableStream | undefined
}

type Done = (error?: Error | null) => void

const pass = () => undefined

/**
 * Web streams as one of Node's. Beside Node's own adapters it cancels and aborts when it
 * is destroyed, also without an error: a destroyed stream is not one that has ended well.
 */
export class WebDuplex extends Duplex {
  readonly #reader: ReadableStreamDefaultReader | undefined
  readonly #writer: WritableStreamDefaultWriter | undefined

  /** @throws TypeError if one of them is locked. */
  constructor({ readable, writable }: WebPair) {
    const options: Partial<SocketDuplexOptions> = {
      readable: readable !== undefined,
      writable: writable !== undefined,
    }
    super(options)
    this.#reader = readable?.getReader()
    this.#writer = writable?.getWriter()
    // Failures while nobody reads or writes.
    const fail = (error: unknown) => void this.destroy(errorOf(error))
    this.#reader?.closed.catch(fail)
    this.#writer?.closed.catch(fail)
  }

  override _read(): void {
    this.#reader?.read().then(
      ({ done, value }) => this.#received(done, value),
      (error: unknown) => this.destroy(errorOf(error)),
    )
  }

  // A copy: whoever gets it may transfer it, and what we read lies in memory that is shared.
  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    settle(this.#writer?.write(new Uint8Array(chunk)), done)
  }

  override _final(done: Done): void {
    settle(this.#writer?.close(), done)
  }

  override _destroy(error: Error | null, done: Done): void {
    const reason = error ?? new Error('The stream was destroyed before it had ended.')
    if (!this.readableEnded) this.#reader?.cancel(reason).catch(pass)
    if (!this.writableFinished) this.#writer?.abort(reason).catch(pass)
    done(error)
  }

  #received(done: boolean, value: unknown): void {
    if (done) return void this.push(null)
    try {
      const { buffer, byteOffset, length } = bytesOf(value)
      // An empty chunk is no answer to _read().
      if (length === 0) this._read()
      else this.push(Buffer.from(buffer, byteOffset, length))
    } catch (error) {
      this.destroy(error as Error)
    }
  }
}

function settle(promise: Promise<void> | undefined, done: Done): void {
  promise?.then(
    () => done(),
    (error: unknown) => done(errorOf(error)),
  )
}

// Web streams may fail with anything, even with undefined.
function errorOf(reason: unknown): Error {
  if (reason instanceof Error) return reason
  return new Error(`The web stream failed: ${String(reason)}`, { cause: reason })
}
