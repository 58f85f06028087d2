import type { AnyReadable, StreamReader } from '@tsyncio/streams'

type Chunk = Uint8Array | string

/** A file whose bytes are the input; a `file:` URL is one too. */
export interface InputFile {
  readonly file: string | URL
}

/**
 * What a process can be given to read: text (as UTF-8), bytes, pieces of either from
 * anything that can be iterated, a stream of Node's or of the web, a reader of ours, or a
 * file.
 */
export type ProcessInput =
  Chunk | Iterable<Chunk> | AsyncIterable<Chunk> | AnyReadable | StreamReader | URL | InputFile

const has = (value: object, name: PropertyKey): boolean =>
  typeof (value as Record<PropertyKey, unknown>)[name] === 'function'

export function isChunk(input: unknown): input is Chunk {
  return typeof input === 'string' || input instanceof Uint8Array
}

/** Whether it is a stream of Node's or of the web. */
export function isForeignStream(input: object): input is AnyReadable {
  return (has(input, 'on') && has(input, 'read')) || has(input, 'getReader')
}

export function isIterable(input: object): input is Iterable<Chunk> {
  return has(input, Symbol.iterator)
}

export function isAsyncIterable(input: object): input is AsyncIterable<Chunk> {
  return has(input, Symbol.asyncIterator)
}

/** The path, if the input is a file. */
export function pathOfInput(input: ProcessInput): string | URL | undefined {
  if (input instanceof URL) return input
  if (isChunk(input) || isForeignStream(input) || isIterable(input) || isAsyncIterable(input))
    return undefined
  return (input as InputFile).file
}

function isInput(input: unknown): boolean {
  if (isChunk(input)) return true
  if (typeof input !== 'object' || input === null) return false
  if (input instanceof URL) return input.protocol === 'file:'
  if (isForeignStream(input) || isIterable(input) || isAsyncIterable(input)) return true
  const { file } = input as Partial<InputFile>
  if (file instanceof URL) return file.protocol === 'file:'
  return typeof file === 'string' && file !== '' && !file.includes('\0')
}

/** @throws TypeError for what cannot be an input. */
export function requireInput(input: unknown): asserts input is ProcessInput {
  if (isInput(input)) return
  const kind = input instanceof URL ? `the URL ${input.href}` : `${String(input)} (${typeof input})`
  throw new TypeError(
    'Expected text, bytes, an iterable of them, a stream, a file: URL or { file } ' +
      `for the input, got ${kind}.`,
  )
}
