import { getEventLoop, type EventLoop } from '@tsyncio/loop'
import { asReader, StreamReader } from '@tsyncio/streams'
import { isCoroutine, until, type Gen } from '@tsyncio/tasks'
import { closeSync, readSync } from 'node:fs'

import { openInput } from './open-input.js'
import {
  isAsyncIterable,
  isForeignStream,
  isIterable,
  pathOfInput,
  type ProcessInput,
} from './process-input.js'

type Chunk = Uint8Array | string

/** An input in pieces. */
export interface InputChunks {
  /** The next piece; null after the last. */
  next(): Gen<Chunk | null>
  /** No more is wanted. */
  close(): Gen<void>
}

const chunkSize = 65_536

function ofReader(reader: StreamReader, close: () => void): InputChunks {
  return {
    *next() {
      return yield* reader.read(chunkSize)
    },
    *close() {
      close()
    },
  }
}

function ofFile(path: string | URL): InputChunks {
  const fd = openInput(path)
  return {
    *next() {
      const chunk = Buffer.allocUnsafe(chunkSize)
      const count = readSync(fd, chunk)
      return count === 0 ? null : chunk.subarray(0, count)
    },
    *close() {
      closeSync(fd)
    },
  }
}

function ofIterable(input: Iterable<Chunk>): InputChunks {
  const iterator = input[Symbol.iterator]()
  return {
    *next() {
      const step = iterator.next()
      return step.done === true ? null : step.value
    },
    *close() {
      iterator.return?.()
    },
  }
}

function ofAsyncIterable(input: AsyncIterable<Chunk>): InputChunks {
  const iterator = input[Symbol.asyncIterator]()
  return {
    *next() {
      const step = iterator.next()
      const taken = isCoroutine(step) ? yield* step : yield* until(step)
      const { done, value } = taken as IteratorResult<Chunk, unknown>
      return done === true ? null : value
    },
    *close() {
      const end = iterator.return?.()
      if (isCoroutine(end)) yield* end
      // Nobody waits for it: it may be in the middle of a wait of its own, without an end.
      else void end?.then(undefined, reportTo(getEventLoop()))
    },
  }
}

const reportTo = (loop: EventLoop) => (exception: unknown) =>
  loop.callExceptionHandler({ message: 'The input of a process could not be closed', exception })

/** @throws what `node:fs` throws if it is a file that cannot be read. */
export function inputChunks(input: Exclude<ProcessInput, Chunk>): InputChunks {
  if (input instanceof StreamReader) return ofReader(input, () => undefined)
  const path = pathOfInput(input)
  if (path !== undefined) return ofFile(path)
  if (isForeignStream(input)) {
    const reader = asReader(input)
    return ofReader(reader, () => reader.transport?.close())
  }
  if (isAsyncIterable(input)) return ofAsyncIterable(input)
  if (isIterable(input)) return ofIterable(input)
  throw new TypeError('There is nothing to be read in the input.')
}
